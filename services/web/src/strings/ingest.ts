// Words of taking documents in.
import type { Fault } from '../library/ingest/files';
import type { FindingKind, Ingest } from '../library/types';

const n = (of: number) => of.toLocaleString('en');
const documents = (of: number) => (of === 1 ? '1 document' : `${n(of)} documents`);
const files = (of: number) => (of === 1 ? '1 file' : `${n(of)} files`);
const passages = (of: number) => (of === 1 ? '1 passage' : `${n(of)} passages`);

const states: Record<Ingest['state'], string> = {
  working: 'In work',
  stopping: 'Stopping',
  done: 'Done',
  stopped: 'Stopped',
  failed: 'Failed',
};

/** In short; what each means for the reader is with the review queue. */
const kinds: Record<FindingKind, string> = {
  poor_quality: 'Read badly',
  same_text: 'The same text as another',
  near_text: 'Nearly the same text as another',
  same_work: 'The same work as another',
  doubtful_notice: 'A notice may be about it',
};

const faults: Record<Fault, string> = {
  none: 'Choose at least one file.',
  too_much: 'Together these are more than 100 MB. Take some out, and send those in a second run.',
  empty_file: 'A file without content cannot be read. Take it out of the list.',
};

function duration(s: number): string {
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.round(s / 60)} min`;
  return `${Math.floor(s / 3600)} h ${Math.round((s % 3600) / 60)} min`;
}

export const ingest = {
  title: 'Take in documents',
  lead:
    'What comes in is read, split into passages and held back. Questions do not see it before it has been reviewed, ' +
    'approved and published.',
  mayNot: 'Taking documents in needs the role of a librarian. You see what came in and what became of it.',
  fresh: 'New documents',
  corpus: 'Corpus',
  noCorpora: 'There is no corpus yet',
  noCorporaDetail: 'A corpus begins with its policy, which a librarian proposes and a second person approves: what may be done with it.',
  corporaFailed: 'The corpora could not be read.',
  licenceOver: 'Its licence is over.',
  noCorpus: 'Choose the corpus that they belong to.',
  drop: 'Drop files or folders here, or',
  choose: 'Choose files',
  formats:
    'Articles and labels in XML (JATS, PubMed, SPL), PDF, Word (DOCX), HTML, Markdown and text, and archives of them ' +
    '(ZIP, tar, gz, xz). Together up to 100 MB.',
  chosen: (of: number, size: string) => `${files(of)}, together ${size}`,
  list: 'Files to send',
  removeFile: (name: string) => `Take out ${name}`,
  removeAll: 'Take out all',
  added: (of: number, all: number) => `${files(of)} added, ${n(all)} in all.`,
  nothingAdded: 'Nothing was added: there was no file, or it was in the list already.',
  unreadable: 'What was dropped could not be read. Choose the files instead.',
  removedAll: 'All files were taken out.',
  removed: (name: string) => `Taken out: ${name}.`,
  faults,
  send: 'Take in',
  sending: 'Sending…',
  sentFiles: 'Sending files',
  sent: (bytes: string, of: string) => `${bytes} of ${of}`,
  sentAll: 'All sent. The server looks at them.',
  cancelSending: 'Stop sending',
  sendFailed: 'The files were not taken in',
  inWork: 'Documents are being taken in already. When that is done, these can be sent.',
  live: {
    title: 'In work',
    into: (corpus: string) => `Into ${corpus}`,
    began: 'Begun',
    by: 'By',
    progress: 'Files done',
    seen: (seen: number, of: number) => `${n(seen)} of ${n(of)} found so far`,
    looking: 'Looking for documents…',
    rate: 'Rate',
    perSecond: (rate: number) => `${rate.toLocaleString('en', { maximumFractionDigits: rate < 10 ? 1 : 0 })} files a second`,
    left: 'Time left',
    about: (s: number) => `About ${duration(s)}`,
    unknown: 'Cannot be told yet',
    stop: 'Stop',
    stopping: 'It finishes the document that it is at, and stops.',
    begun: (corpus: string) => `Taking in has begun, into ${corpus}.`,
    tenths: (tenths: number) => `${tenths * 10} % of the files found are done.`,
    over: {
      done: (came: number) => `Done: ${documents(came)} came in.`,
      stopped: (came: number) => `Stopped: ${documents(came)} came in before.`,
      failed: 'Taking in has failed.',
    },
    trouble: 'Not all of it went well',
    failed: 'How far it is could not be read.',
    lost: 'The server no longer knows this run',
    lostDetail: 'It was started anew meanwhile. What had come in is kept; take the rest in again.',
    sofarRejected: 'Not taken in so far',
    sofarReviews: 'Wants review so far',
    last: 'The last 20',
  },
  stop: {
    title: 'Stop taking in?',
    text: 'It finishes the document that it is at, and stops. What came in by then is kept and stays held back.',
    act: 'Stop it',
    acting: 'Stopping…',
    failed: 'It was not stopped',
  },
  states,
  kinds,
  counts: {
    added: 'New',
    updated: 'New versions',
    unchanged: 'Held already',
    rejected: 'Not taken in',
    passages: 'Passages',
    reviews: 'Want review',
    skipped: 'Passed by',
  },
  report: {
    title: 'What came of it',
    of: (corpus: string) => `Into ${corpus}`,
    loading: 'Reading the report…',
    failed: 'The report could not be read.',
    close: 'Close the report',
    nothing: 'Nothing new came in: every document was held already.',
    error: 'It broke off',
    taken: 'Came in',
    takenNone: 'Nothing came in.',
    version: (of: number, updated: boolean) => (updated ? `version ${n(of)}, a new one` : 'new'),
    passages,
    quality: (of: number) => `read with a score of ${of.toFixed(2)}`,
    rejected: 'Not taken in, and why',
    reviews: 'Wants review',
    toQueue: 'Open the review queue',
    skipped: 'Passed by',
    skippedDetail: 'No document has such an ending. By ending:',
    noEnding: 'without an ending',
    changed: 'Stand otherwise since',
    feed: (name: string) => `by notice of ${name}`,
    toChanges: 'Go to changes',
    count: (of: number) => n(of),
  },
  earlier: {
    title: 'Earlier runs',
    none: 'No run is on record yet.',
    failed: 'The earlier runs could not be read.',
    open: (when: string) => `Report of ${when}`,
    summary: (came: number, updated: number, unchanged: number, rejected: number) =>
      `${n(came)} new, ${updated === 1 ? '1 new version' : `${n(updated)} new versions`}, ${n(unchanged)} held already, ` +
      `${n(rejected)} not taken in`,
    last: 'The last 50 that changed anything.',
  },
};
