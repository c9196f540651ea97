// Words of what is watched, and of what is wrong with it.
import type { MeasureName, MeasureState } from '../records/types';

const hours = (n: string) => (n === '1' ? '1 hour' : `${n} hours`);
const citations = (n: string) => (n === '1' ? '1 citation' : `${n} citations`);

const names: Record<MeasureName, string> = {
  supported: 'Statements that their quotes bear out',
  abstained: 'Questions without an answer: too little evidence, or out of scope',
  failed: 'Questions that failed',
  contradicted: 'Citations whose quote says the contrary',
  stale: 'Citations of what was superseded, expired or under concern',
  retracted: 'Citations of what was retracted or withdrawn',
  disagreed: 'Overrides: readers who hold otherwise',
  identifiers: 'Questions with something that may identify a person',
  p99_ms: 'Time within which 99 of 100 answers were there',
  waiting_hours: 'Longest wait of a report of a risk to safety',
};

const states: Record<MeasureState, string> = {
  quiet: 'Quiet',
  raised: 'Raised',
  too_few: 'Too few questions to judge',
  unwatched: 'Not watched',
};

export const alarms = {
  title: 'Alarms',
  window: (days: number, from: string, to: string, questions: string) =>
    `The last ${days === 1 ? 'day' : `${days} days`}, from ${from} to ${to}: ${questions === '1' ? '1 question' : `${questions} questions`}. ` +
    'This is of all answers, whatever the numbers below are narrowed to.',
  least: (n: string) => `Shares and times to an answer are judged from ${n} questions on.`,
  limits: 'Limits are set in the configuration of the service, in its part',
  part: '[audit.alarms]',
  loading: 'Looking for alarms…',
  failed: 'What is watched could not be read.',
  retry: 'Try again',
  raised: (n: string) => (n === '1' ? 'One alarm is raised' : `${n} alarms are raised`),
  /** After their number in the navigation. */
  waiting: 'raised',
  none: 'No alarm is raised',
  noneDetail: 'Nothing that is watched is on the wrong side of its limit.',
  line: (name: string, value: string, limit: string) => `${name}: ${value}, ${limit}.`,
  table: 'What is watched: those that are raised first',
  columns: { name: 'Measure', value: 'Value', limit: 'Limit', state: 'State', next: 'What to do next' },
  names,
  states,
  nothing: 'nothing to measure',
  share: (n: string) => `${n}\u00a0%`,
  perHundred: (n: string) => `${n} per 100 answers`,
  citations,
  hours,
  limit: { below: (n: string) => `raised below ${n}`, above: (n: string) => `raised above ${n}` },
  never: (n: string) => `never raised: its limit is ${n}`,
  any: 'raised by a single one',
  noLimit: 'no limit is set',
  next: {
    unsupported: 'Answers with a statement that is not borne out',
    abstained: 'Answers with too little evidence',
    gaps: 'Gaps of the library',
    failed: (word: string) => `Answers: ${word.charAt(0).toLowerCase()}${word.slice(1)}`,
    answers: 'Answers of these days',
    contradicted: 'Answers that are contradicted',
    retracted: 'Documents that are retracted',
    superseded: 'Documents that are superseded',
    recall: 'Recall a document',
    disagreed: 'What they hold',
    asked: 'Entries of the log with what was seen',
    time: 'Time to an answer, below',
    waiting: 'Reports that wait',
  },
};
