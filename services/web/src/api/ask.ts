// Asking: one POST whose answer comes as a stream of events. Aborting it stops the work on the server.
import { isAbort, request } from './client';
import { Lost, Refused } from './problem';
import { events } from './sse';
import type { Answer, Evidence, Filters, Patient, Problem, Statement, Turn } from './types';

export interface AskBody {
  question: string;
  /** Absent where nothing narrows. */
  filters?: Filters;
  /** A snapshot before the published one. */
  as_of?: number;
  /** Sent with each question and kept nowhere. */
  patient?: Patient;
  /** Earlier questions, where the server does not keep the conversation. */
  history?: Turn[];
  conversation?: string;
}

export type Stage = 'retrieve' | 'generate' | 'extract';

export type AskEvent =
  | { kind: 'stage'; stage: Stage }
  | { kind: 'evidence'; evidence: Evidence[] }
  | { kind: 'statement'; statement: Statement }
  | { kind: 'done'; answer: Answer };

/** Yields what comes, ending with `done`; throws `Refused`, `Lost`, or the abort. */
export async function* ask(body: AskBody, signal: AbortSignal): AsyncGenerator<AskEvent> {
  const response = await request('POST', '/v1/answers', {
    body: { ...body, stream: true },
    accept: 'text/event-stream',
    signal,
  });
  if (!response.body) throw new Lost();
  try {
    for await (const { event, data } of events(response.body)) {
      const read = readEvent(event, data);
      if (!read) continue;
      yield read;
      if (read.kind === 'done') return;
    }
  } catch (error) {
    if (error instanceof Refused || error instanceof Lost || isAbort(error)) throw error;
    throw new Lost();
  }
  if (signal.aborted) throw new DOMException('stopped', 'AbortError');
  // The stream ended without its last event: what came so far is not an answer.
  throw new Lost();
}

/** Reads one event; null for kinds that a newer server may send. */
function readEvent(event: string, data: string): AskEvent | null {
  switch (event) {
    case 'progress':
      return { kind: 'stage', stage: (JSON.parse(data) as { stage: Stage }).stage };
    case 'evidence':
      return { kind: 'evidence', evidence: JSON.parse(data) as Evidence[] };
    case 'statement':
      return { kind: 'statement', statement: JSON.parse(data) as Statement };
    case 'done':
      return { kind: 'done', answer: JSON.parse(data) as Answer };
    case 'error':
      throw new Refused(JSON.parse(data) as Problem);
    default:
      return null;
  }
}
