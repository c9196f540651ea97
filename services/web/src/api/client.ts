// The typed way to the server: same origin, same paths as in its OpenAPI description.
import createClient from 'openapi-fetch';
import { failure, failureOf, Lost } from './problem';
import type { paths } from './schema';
import type { Whole } from './types';

// Looked up at each call, so that tests can put another in its place.
const send: typeof fetch = (input, init) => globalThis.fetch(input, init);

const origin = () => globalThis.location.origin;

export const client = createClient<paths>({ baseUrl: origin(), fetch: (request) => send(request) });

type Call<T> = Promise<{ data?: T; error?: unknown; response: Response }>;

/** Takes the data out of a call of `client`, or throws `Refused` or `Lost`. */
export async function take<T>(call: Call<T>): Promise<T> {
  const result = await call.catch((error: unknown) => {
    throw isAbort(error) ? error : new Lost();
  });
  if (!result.response.ok) throw failure(result.response, result.error);
  // A 204 has no data, and a type that says so.
  return result.data as T;
}

/** The same, of what has every key. */
export const takeWhole = <T>(call: Call<T>): Promise<Whole<T>> => take(call as Call<Whole<T>>);

/** A call whose response is read by the caller: a stream, or nothing but its status. */
export async function request(
  method: 'GET' | 'POST',
  path: string,
  options: { body?: unknown; signal?: AbortSignal; accept?: string } = {},
): Promise<Response> {
  const headers: Record<string, string> = { accept: options.accept ?? 'application/json' };
  const init: RequestInit = { method, headers, credentials: 'same-origin' };
  if (options.body !== undefined) {
    headers['content-type'] = 'application/json';
    init.body = JSON.stringify(options.body);
  }
  if (options.signal) init.signal = options.signal;
  const response = await send(new URL(path, origin()), init).catch((error: unknown) => {
    throw isAbort(error) ? error : new Lost();
  });
  if (!response.ok) throw await failureOf(response);
  return response;
}

/** A call whose answer the description does not describe, read as JSON. */
export async function requestJson<T>(...call: Parameters<typeof request>): Promise<T> {
  const response = await request(...call);
  return (await response.json().catch(() => {
    throw new Lost();
  })) as T;
}

export function isAbort(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === 'AbortError';
}
