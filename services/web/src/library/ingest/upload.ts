// Sends files, and tells how far that is: `fetch` does not tell, so this is the one place that does without it.
import { failure, Lost } from '../../api/problem';
import type { Ingest } from '../types';

/** As much as the server takes at once. */
export const MOST_BYTES = 100_000_000;

export interface Sent {
  bytes: number;
  /** With what stands between the files; null where it is not known. */
  of: number | null;
}

/** Fails as calls do: with `Refused`, `Lost`, or an `AbortError`. */
export function upload(
  corpus: string,
  files: readonly File[],
  onSent: (sent: Sent) => void,
  signal: AbortSignal,
): Promise<Ingest> {
  return new Promise((resolve, reject) => {
    const body = new FormData();
    for (const file of files) body.append('file', file, file.name);
    const request = new XMLHttpRequest();
    const address = new URL('/v1/library/ingests', globalThis.location.origin);
    address.searchParams.set('corpus', corpus);
    request.open('POST', address.href);
    request.setRequestHeader('accept', 'application/json');
    request.upload.onprogress = ({ loaded, total, lengthComputable }) =>
      onSent({ bytes: loaded, of: lengthComputable ? total : null });
    request.onload = () => {
      const read = parsed(request.responseText);
      if (request.status >= 200 && request.status < 300) {
        if (read === undefined) reject(new Lost());
        else resolve(read as Ingest);
      } else {
        reject(failure(headOf(request), read));
      }
    };
    request.onerror = () => reject(new Lost());
    request.ontimeout = () => reject(new Lost());
    request.onabort = () => reject(new DOMException('stopped', 'AbortError'));
    if (signal.aborted) {
      reject(new DOMException('stopped', 'AbortError'));
      return;
    }
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(body);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** What an error is made of: status and headers. */
function headOf(request: XMLHttpRequest): Response {
  const headers = new Headers();
  for (const name of ['retry-after', 'x-request-id']) {
    const value = request.getResponseHeader(name);
    if (value !== null) headers.set(name, value);
  }
  // Whoever answers with a status that there is not has not answered.
  const status = request.status >= 400 && request.status <= 599 ? request.status : 502;
  return new Response(null, { status, statusText: request.statusText, headers });
}
