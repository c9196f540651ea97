// What can go wrong with a call, in the two classes that matter to a reader: the server said no, or was not reached.
import { api as words } from '../strings';
import type { Problem } from './types';

/** The server answered with a problem document. Its `detail` is written for people. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(
    readonly problem: Problem,
    /** Seconds after which it may be tried again, where the server says so. */
    readonly retryAfter: number | null = null,
  ) {
    super(problem.detail);
  }

  /** The address itself is unknown: an older server. As against a thing that is not there. */
  get isMissingEndpoint(): boolean {
    return this.problem.status === 405 || (this.problem.status === 404 && this.problem.code === 'not_found');
  }

  get isBusy(): boolean {
    return this.problem.status === 503 || this.problem.status === 429;
  }

  /** Nobody is signed in any more. As against a password that is wrong. */
  get needsSignIn(): boolean {
    return this.problem.status === 401 && this.problem.code === 'sign_in_needed';
  }

  /** Somebody is signed in, and their role does not include this. */
  get isNotAllowed(): boolean {
    return this.problem.status === 403 && this.problem.code === 'not_allowed';
  }
}

/** No whole answer came: the server or the way to it is down. */
export class Lost extends Error {
  override readonly name = 'Lost';

  constructor(detail: string = words.lost) {
    super(detail);
  }
}

function isProblem(value: unknown): value is Problem {
  return (
    typeof value === 'object' && value !== null && 'detail' in value && typeof value.detail === 'string' &&
    'code' in value && typeof value.code === 'string'
  );
}

/** Makes the error of a response that is not a success. A proxy's own 502 to 504 means that the server was not reached. */
export function failure(response: Response, body: unknown): Refused | Lost {
  if (isProblem(body)) return new Refused(body, seconds(response.headers.get('retry-after')));
  if ([502, 503, 504].includes(response.status)) return new Lost();
  const isGone = response.status === 404 || response.status === 405;
  return new Refused({
    type: 'about:blank',
    title: response.statusText,
    status: response.status,
    detail: isGone ? words.missing : words.unreadable(response.status),
    code: isGone ? 'not_found' : 'unreadable',
    request_id: response.headers.get('x-request-id') ?? '',
  });
}

/** Reads a failed response whatever it holds. */
export async function failureOf(response: Response): Promise<Refused | Lost> {
  const text = await response.text().catch(() => '');
  try {
    return failure(response, JSON.parse(text));
  } catch {
    return failure(response, null);
  }
}

/** `Retry-After` in seconds; dates are not sent by our server and are passed over. */
export function seconds(header: string | null): number | null {
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) : null;
}
