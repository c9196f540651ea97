// Words of the review queue: what was seen, and what can be said about it.
import type { FindingKind, Outcome } from '../library/types';

const n = (of: number) => of.toLocaleString('en');

export type QueueKind = FindingKind | 'overdue';

interface KindWords {
  name: string;
  /** What was seen, and why it matters. */
  means: string;
  /** What each outcome says. */
  outcomes: Record<Outcome, string>;
}

const another = (what: string): KindWords['outcomes'] => ({
  accepted: `Both may stay: ${what}, and each is wanted.`,
  acted: 'One of the two was withdrawn or replaced, so that an answer does not count one source twice.',
  dismissed: `It is not so: ${what} only by appearance.`,
});

const kinds: Record<FindingKind, KindWords> = {
  poor_quality: {
    name: 'Read badly',
    means:
      'The source could not be read well: words may be run together, out of order or missing. A quote from it could be ' +
      'unlike the printed page.',
    outcomes: {
      accepted: 'The text was compared with the source and may be used as it is.',
      acted: 'A better copy was taken in, or the document was withdrawn.',
      dismissed: 'The text was read well; the low score is wrong.',
    },
  },
  same_text: {
    name: 'The same text',
    means: 'Another document has the same text, letter for letter. Two sources that are one look like agreement.',
    outcomes: another('they are the same'),
  },
  near_text: {
    name: 'Nearly the same text',
    means: 'Most of its words are in another document, too: an earlier edition, a preprint, or a copy that was edited.',
    outcomes: another('they are alike'),
  },
  same_work: {
    name: 'The same work',
    means: 'Another document is a record of the same work, by its identifiers or its title.',
    outcomes: another('they are the same work'),
  },
  doubtful_notice: {
    name: 'A notice may be about it',
    means:
      'A notice of retraction, correction or concern names a work that may be this one; the names alone do not settle it. ' +
      'Until somebody has looked, the document stands as it did.',
    outcomes: {
      accepted: 'The notice is about this document, and it may still be used as it stands.',
      acted: 'The notice is about this document, and its standing was changed.',
      dismissed: 'The notice is about another work.',
    },
  },
};

const outcomes: Record<Outcome, { act: string; done: string; acting: string; title: (title: string) => string }> = {
  accepted: { act: 'Accept', done: 'Accepted', acting: 'Accepting…', title: (title) => `Accept “${title}”?` },
  acted: { act: 'Acted', done: 'Acted on', acting: 'Recording…', title: (title) => `Acted on “${title}”?` },
  dismissed: { act: 'Dismiss', done: 'Dismissed', acting: 'Dismissing…', title: (title) => `Dismiss the finding on “${title}”?` },
};

export const queue = {
  title: 'Review queue',
  lead: 'What came up while documents were taken in, and documents whose issuer meant to look at them again by now.',
  mayNot: 'Settling needs the role of a librarian. You see what is open and what was settled.',
  kindsLabel: 'Kinds',
  all: 'All findings',
  overdue: 'Overdue',
  kinds,
  states: { open: 'Open', settled: 'Settled' },
  statesLabel: 'State',
  list: (kind: string, state: string) => `${kind}: ${state.toLowerCase()}`,
  overdueList: 'Overdue documents',
  loading: 'Reading the queue…',
  failed: 'The queue could not be read.',
  empty: { open: 'Nothing is open here', settled: 'Nothing was settled here' },
  emptyDetail: {
    open: 'Every finding of this kind has been settled.',
    settled: 'What is settled is kept, with who settled it and why.',
  },
  noOverdue: 'Nothing is overdue',
  noOverdueDetail: 'No document in force has passed the day by which its issuer meant to look at it again.',
  gone: 'The one that the address names is not in this list. It may have been settled meanwhile.',
  next: 'Next ones',
  first: 'Back to the first',
  pages: 'Pages',
  back: 'Back to the list',
  due: (day: string) => `Was to be looked at by ${day}`,
  version: (of: number) => `Version ${n(of)}`,
  detail: {
    label: 'The finding',
    choose: 'Nothing to show',
    corpus: 'Corpus',
    version: 'Version',
    found: 'Found',
    standing: 'Standing',
    seen: 'What was seen',
    means: 'What it means',
    outcomes: 'What can be said about it',
    settled: 'How it was settled',
    by: (name: string) => `By ${name}`,
    noNote: 'Without a note.',
    open: 'Open the document',
    other: 'Open the other document',
    overdue:
      'Its issuer gave a day by which it would be looked at again, and that day has passed. It goes on being used until ' +
      'somebody decides otherwise.',
    looked: 'Looked at it',
    lookedMeans: 'Somebody has read it and holds that it may be used until the next day that you give.',
  },
  settle: {
    note: 'Note',
    missing: 'Say briefly what you found or did.',
    kept: 'It stays on record with your name, and cannot be taken back.',
    failed: 'It was not settled',
    lookedTitle: (title: string) => `You have looked at “${title}”?`,
    lookedAct: 'Record it',
    lookedActing: 'Recording…',
    lookedFailed: 'It was not recorded',
    lookedDone: 'Looked at',
    next: 'To be looked at again by',
    nextDetail: 'Leave it empty if no day is set.',
    past: 'Give a day that is still to come.',
  },
  outcomes,
  done: (what: string, title: string) => `${what}: “${title}”.`,
  nextIs: (title: string) => `Next: “${title}”.`,
  nothingLeft: 'Nothing is left here.',
  keys: {
    label: 'Keys',
    intro: 'While the list has the focus:',
    move: 'next and previous',
    enter: 'read what was seen',
    open: 'open the document',
    accepted: 'accept',
    acted: 'acted on',
    dismissed: 'dismiss',
    looked: 'looked at it',
    keys: 'these keys',
  },
  key: (letter: string) => `Key: ${letter}`,
};
