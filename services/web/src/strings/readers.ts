// Words of what readers said, and of what became of their reports.
import type { HandlingOutcome, HandlingState, Kind } from '../audit/feedback/types';
import { feedback } from './feedback';

const reports = (n: string) => (n === '1' ? '1 report' : `${n} reports`);

const kinds: Record<Kind, string> = {
  helpful: 'It helped',
  unhelpful: 'It did not help',
  disagree: 'Override: the reader holds otherwise',
  safety: 'Safety concern',
};

const states: Record<HandlingState, string> = { open: 'Waiting', acknowledged: 'Taken up', closed: 'Closed' };

const outcomes: Record<HandlingOutcome, { label: string; note: string }> = {
  no_fault: { label: 'No fault', note: 'Nothing was wrong: the answer holds, and its sources bear it out.' },
  answer_corrected: { label: 'Answer corrected', note: 'Whoever asked was told what is right.' },
  corpus_changed: { label: 'Corpus changed', note: 'A document was corrected, replaced or withdrawn.' },
  passed_on: { label: 'Passed on', note: 'Somebody else has it now: the manufacturer, or an authority.' },
};

interface DeedWords {
  /** On buttons. */
  act: string;
  title: string;
  detail: string;
  /** Said when there is no note; null where there need not be one. */
  missing: string | null;
  acting: string;
  failed: string;
  done: string;
}

/** By the state that it leads to. */
const deeds: Record<HandlingState, DeedWords> = {
  acknowledged: {
    act: 'Take up',
    title: 'Take this report up?',
    detail: 'It no longer counts as waiting. That you took it up, and when, stays on record.',
    missing: null,
    acting: 'Taking it up…',
    failed: 'It was not taken up',
    done: 'The report is taken up.',
  },
  closed: {
    // Not “Close” alone: that is what leaves a dialog.
    act: 'Close the report',
    title: 'Close this report?',
    detail: 'Say what came of it. That you closed it stays on record; it can be opened again.',
    missing: 'Say what was found and done.',
    acting: 'Closing…',
    failed: 'It was not closed',
    done: 'The report is closed.',
  },
  open: {
    act: 'Open again',
    title: 'Open this report again?',
    detail: 'It counts as waiting from now on. What was done with it before stays on record.',
    missing: 'Say why it is opened again.',
    acting: 'Opening…',
    failed: 'It was not opened again',
    done: 'The report is open again.',
  },
};

export const readers = {
  title: 'Feedback',
  lead: 'What readers said of answers, the latest first. Whoever holds otherwise overrides an answer; reports of a risk to safety are taken up and closed here.',
  kinds,
  categories: feedback.categories,
  severities: feedback.severities,
  states,
  outcomes,
  deeds,
  filter: 'What kind',
  all: 'All',
  stateFilter: 'How reports stand',
  anyState: 'All',
  counted: (name: string, n: string) => `${name} (${n})`,
  waiting: {
    some: (n: string) => `${reports(n)} of a risk ${n === '1' ? 'waits' : 'wait'} for somebody to take ${n === '1' ? 'it' : 'them'} up`,
    show: 'Show what waits',
    none: 'No report of a risk waits.',
  },
  heading: (kind: string, state: string | null) => (state === null ? kind : `${kind}: ${state.toLowerCase()}`),
  everything: 'Everything that was said',
  said: (n: string, hasMore: boolean) => `${n} on this page, the latest first${hasMore ? '; there are older ones' : ''}.`,
  loading: 'Reading what was said…',
  failed: 'What readers said could not be read.',
  retry: 'Try again',
  none: 'Nobody has said anything yet',
  noneDetail: 'Readers give feedback from the menu of a statement, or below an answer.',
  noneOfKind: 'Nothing of this kind',
  noneOfKindDetail: 'Nobody has said so, as far as this record goes.',
  noneInState: { open: 'No report waits', acknowledged: 'No report is taken up', closed: 'No report is closed' } satisfies Record<HandlingState, string>,
  noneInStateDetail: 'Reports of a risk to safety are listed here as long as they stand so.',
  noOlder: 'Nothing older',
  noOlderDetail: 'There is nothing before this place in the list.',
  list: 'What readers said',
  pages: 'Stretches of the list',
  latest: 'The latest',
  older: 'Older',
  keys: 'With the keys ↓ and ↑, or j and k, one goes from one to the next; o opens the record of the answer. Of a report, a takes it up, c closes it, r opens it again.',
  about: (statement: number | null) => (statement === null ? 'The whole answer' : `Statement ${statement}`),
  what: 'What is wrong',
  outcome: 'What came of it',
  where: 'About',
  who: 'Who',
  waited: 'Waited',
  waits: 'Waits for',
  /** Whole hours, and days once there are two of them. */
  hours: (h: number) => {
    if (h < 1) return 'less than an hour';
    const [n, unit] = h < 48 ? [Math.floor(h), 'hour'] : [Math.floor(h / 24), 'day'];
    return `${n} ${unit}${n === 1 ? '' : 's'}`;
  },
  noComment: 'No comment, or its words were destroyed.',
  open: 'The record of the answer',
  openOf: (time: string) => `The record of the answer, feedback of ${time}`,
  actOf: (act: string, time: string) => `${act}: report of ${time}`,
  moves: {
    list: 'What was done with it',
    to: { open: 'Opened again', acknowledged: 'Taken up', closed: 'Closed' } satisfies Record<HandlingState, string>,
    by: (who: string) => `by ${who}`,
    you: 'you',
    outcome: (label: string) => `Outcome: ${label}`,
    noNote: 'Without a note, or its words were destroyed.',
  },
  handle: {
    outcome: 'What came of it?',
    noOutcome: 'Choose what came of it.',
    note: 'Note',
    noteOptional: 'Note (optional)',
    noPatient: 'Do not write anything that identifies a patient.',
    changed: 'Somebody else has changed it meanwhile. The list has been read again, and what you typed is still here.',
  },
  take: {
    heading: 'Take the reports along',
    lead:
      'All reports of a risk to safety, a line each: answer, statement, what is wrong, how severe, the day, how it stands, how long it ' +
      'waited, and what came of it. Nobody is named in it, and nothing that somebody wrote leaves with it. That it was taken is put on record.',
    csv: 'CSV, for spreadsheets',
    ndjson: 'NDJSON, for programs',
  },
};
