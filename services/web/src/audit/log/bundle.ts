// A bundle of the log, taken into a file.
import { isAbort } from '../../api/client';
import { Lost } from '../../api/problem';
import { saveBlob } from '../../export/file';
import { count } from '../../records/words';
import { log } from '../../strings/log';
import { gather } from '../gather';
import { type Days, getAnswerIds, postBundle } from './calls';

const say = log.bundle;

/** As many ids as fit into the 256 KiB that the body of a request may have. */
export const MOST = 6000;

/** Both days are in it. */
export interface Span {
  from: string;
  to: string;
}

/** What is in a bundle, as the server says with it. */
export interface Inside {
  receipts: number;
  /** Answers that were asked for and have no receipt. */
  without: number;
  /** The names of witnesses that have not signed what is in it; empty where all have. */
  unsigned: string;
}

export interface Taken extends Inside {
  name: string;
}

export async function takeBundle(span: Span, signal: AbortSignal, tell: (progress: string) => void): Promise<Taken> {
  const days: Days = { from: span.from, to: dayAfter(span.to) };
  const { listed } = await gather(
    (before) => getAnswerIds(days, before, signal),
    (found) => {
      if (found > MOST) throw new Error(say.tooMany(count(MOST)));
      tell(say.finding(count(found)));
    },
  );
  tell(say.packing);
  const response = await postBundle(listed, days, signal);
  const bundle = await received(response, (mb) => tell(say.loading(count(mb))));
  // What is stopped in its last moment is not saved.
  signal.throwIfAborted();
  const name = `osler-bundle-${span.from}-${span.to}.tar`;
  saveBlob(name, bundle);
  return { name, ...insideOf(response, listed.length) };
}

export const insideOf = ({ headers }: Response, asked: number): Inside => ({
  receipts: Number(headers.get('osler-receipts') ?? asked),
  without: Number(headers.get('osler-left-out') ?? 0),
  unsigned: headers.get('osler-not-signed-by') ?? '',
});

const DAY_MS = 86_400_000;

export const dayAfter = (day: string): string => new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10);

const MB = 1_000_000;

/** `tell` hears how much has come, in steps that can be read. */
export async function received(response: Response, tell: (mb: number) => void): Promise<Blob> {
  if (!response.body) throw new Lost();
  let bytes = 0;
  const counting = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform: (part, controller) => {
      bytes += part.byteLength;
      const mb = Math.floor(bytes / MB);
      tell(mb < 10 ? mb : mb - (mb % 10));
      controller.enqueue(part);
    },
  });
  // A blob is kept by the browser outside the page's memory: a log can be large.
  const whole = new Response(response.body.pipeThrough(counting)).blob();
  return whole.catch((error: unknown) => {
    throw isAbort(error) ? error : new Lost();
  });
}
