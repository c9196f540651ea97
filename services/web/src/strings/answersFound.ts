// Words of the list of answers.
import { literature } from './literature';
import { records } from './records';

const answers = (n: string) => (n === '1' ? '1 answer' : `${n} answers`);

const { open, ...ended } = records.shares.statuses.words;

const failures: Readonly<Record<string, string>> = {
  model_unavailable: 'a model was away',
  index_unavailable: 'the index was away',
  audit_unavailable: 'it could not be recorded',
  unknown_corpus: 'unknown corpus',
  unknown_snapshot: 'unknown snapshot',
  bad_question: 'not a question that can be asked',
  cancelled: 'whoever asked had left',
  internal: 'internal',
};

export const answersFound = {
  title: 'Answers',
  lead:
    'Every question that was asked, and what came of it. That you search here, and what you open, is itself put on record.',
  straight: {
    label: 'Straight to a record',
    id: 'Id of an answer',
    open: 'Open',
    error: 'An id has letters, digits and hyphens, and nothing else.',
  },
  form: {
    label: 'Which answers',
    note:
      'Days are those of UTC, and the day of “asked before” is not in it. Pseudonyms, models with their hashes, and ids are asked ' +
      'for whole, as the records have them.',
    from: 'Asked from',
    to: 'Asked before',
    status: 'What came of it',
    verdict: 'Weakest verdict',
    any: 'Any',
    actor: 'Who',
    model: 'Model',
    snapshot: 'Snapshot',
    document: 'Document cited',
    version: 'In version',
    submit: 'Search',
    all: 'All answers',
    errors: {
      time: 'Enter a day, or a time as in 2026-11-28T10:00:00Z.',
      order: 'It is not after the beginning.',
      number: 'Enter a whole number.',
      document: 'Enter the document that this is a version of.',
    },
  },
  statuses: ended,
  inWork: open ?? 'In work',
  failures,
  failed: (why: string) => `Failed: ${why}`,
  verdicts: Object.fromEntries(Object.entries(literature.verdicts).map(([name, { word }]) => [name, word])),
  list: {
    heading: 'Found',
    label: 'Answers, the latest first',
    keys: 'With the keys ↓ and ↑, or j and k, one goes from question to question.',
    loading: 'Searching the record…',
    failedToRead: 'The record could not be searched.',
    retry: 'Try again',
    none: 'No such answer',
    noneDetail: 'Nothing on record fits all of this.',
    noOlder: 'Nothing older',
    noOlderDetail: 'There is nothing before this place in the list.',
    wrong: 'What is asked for does not fit together; see the fields above.',
    said: (n: string, hasMore: boolean) => `${answers(n)}, the latest first${hasMore ? '; there are older ones' : ''}.`,
    erased: 'Its words were erased',
    supported: (n: number, all: number) =>
      all === 0 ? 'no statements' : `${n} of ${all === 1 ? '1 statement' : `${all} statements`} supported`,
    weakest: (word: string) => `Weakest: ${word}`,
    snapshot: (n: number) => `Snapshot ${n}`,
    noModel: 'no model wrote',
    held: 'Held',
    pages: 'Stretches of the list',
    latest: 'The latest',
    older: 'Older',
  },
  actor: {
    as: (role: string) => `as ${role.toLowerCase()}`,
    copy: (id: string) => `Copy the whole of ${id}`,
    all: 'All of this one',
    allOf: (id: string) => `All of this one: ${id}`,
  },
  take: {
    heading: 'Take them along',
    bundleLead: (n: string) =>
      `A bundle has the whole log, the receipts of these answers (${n} at most) and the texts that they cite. It is checked with ` +
      '“osler audit verify” on any machine. For very large logs use “osler audit export” on the server.',
    bundle: 'Take a bundle of all that were found',
    csv: 'Save this page as CSV',
    stop: 'Stop',
    finding: (n: string) => `Looking for answers: ${n} so far`,
    packing: 'The bundle is being put together…',
    loading: (mb: string) => `Receiving: ${mb} MB`,
    tooMany: (most: string) => `More than ${most} answers were found, the most that a bundle takes. Narrow the search.`,
    none: 'Nothing was found, so there is nothing to take.',
    failed: 'The bundle could not be taken.',
    saved: (name: string) => `${name} has been saved.`,
    savedBundle: (name: string, n: string) => `${name} has been saved, with the receipts of ${answers(n)}.`,
  },
  csv: [
    'answer', 'asked_at', 'who', 'role', 'status', 'mode', 'weakest', 'statements', 'supported', 'snapshot', 'model', 'held',
    'missing', 'question',
  ],
};
