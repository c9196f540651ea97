// Words of a conversation in work.
import type { Stage } from '../api/ask';

const listed = (closest: number): string => (closest > 0 ? ' The closest passages are listed.' : '');

const stages: Record<Stage, string> = {
  retrieve: 'Searching the literature',
  generate: 'Choosing quotes and checking each',
  extract: 'Taking sentences from the passages',
};

export const conversation = {
  untitled: 'Conversation',
  stages,
  sending: 'Sending the question',
  seconds: (n: number) => `${n} s`,
  found: (n: number) => (n === 1 ? '1 passage found' : `${n} passages found`),
  soFar: 'What has come in so far; the whole answer follows',
  stop: 'Stop',
  stoppedTitle: 'Stopped',
  stopped: 'No answer was made. The question is kept below for you to change.',
  again: 'Ask again',
  edit: 'Change the question',
  failed: 'The question was not answered',
  lostTitle: 'The server was lost before the answer was whole',
  lost: 'Your question is kept. What had come in is not shown, because it was not yet an answer.',
  busyTitle: 'Not just now',
  busyIn: (s: number) => `It can be tried again in ${s} s.`,
  loadFailed: 'The conversation could not be had',
  unavailable:
    'This server keeps no conversations. A single answer can still be opened by its id in the API, and new questions asked.',
  memoryOnly:
    'This server keeps no conversations: what is on this page is gone when it is closed. Each answer stays on record.',
  retry: 'Try again',
  loading: 'Fetching the conversation',
  announce: {
    ready: (statements: number, isDegraded: boolean) =>
      (statements === 1 ? 'The answer is there: 1 statement.' : `The answer is there: ${statements} statements.`) +
      (isDegraded ? ' A part of the service was missing: there may be more to say.' : ''),
    abstained: (closest: number) => `The literature held here does not answer this.${listed(closest)}`,
    inconclusive: (closest: number) =>
      'There is no answer: a part of the service was missing, and the literature held here may have one all the same.' +
      listed(closest),
    refused: 'The question is outside what Osler is for.',
    stopped: 'Stopped.',
  },
};
