// Who may be signed in, and a server in memory that signs them in and out, for tests.
import { vi } from 'vitest';
import type { Session } from '../session/types';

export const json = (value: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(value), { status, headers });

export const refusal = (status: number, code: string, detail: string, headers: Record<string, string> = {}): Response =>
  json({ type: `urn:osler:problem:${code}`, title: '', status, code, detail, request_id: 'r-1' }, status, headers);

const base = { sign_in: { password: true, provider: null }, is_demo: false };

export const anonymous: Session = { ...base, account: null, roles: ['clinician'], how: 'anonymous' };
export const nobody: Session = { ...base, account: null, roles: [], how: 'none' };

export const signedIn = (name: string, change: Partial<Session> = {}): Session => ({
  ...base,
  account: { id: `id-${name}`, name, full_name: null },
  roles: ['clinician'],
  how: 'session',
  ...change,
});

export const PASSWORD = 'correct horse';

/** What the server does with a request, by method and path; what is not here is signed for below, or missing. */
export type Replies = Record<string, (body: unknown, url: URL) => Response | Promise<Response>>;

/** Puts itself in the place of `fetch`. Its `session` is what it says of whoever asks. */
export function fakeServer(session: Session | null, replies: Replies = {}) {
  const server = { session, replies, asked: [] as string[] };
  const own: Replies = {
    'GET /v1/session': () => (server.session ? json(server.session) : missing()),
    'POST /v1/session': (body) => {
      const { name, password } = body as { name: string; password: string };
      if (password !== PASSWORD) return refusal(401, 'wrong_credentials', 'name or password is wrong');
      server.session = signedIn(name);
      return json(server.session);
    },
    'DELETE /v1/session': () => {
      server.session = { ...nobody };
      return new Response(null, { status: 204 });
    },
    'POST /v1/session/password': (body) => {
      const { current, new: wanted } = body as { current: string; new: string };
      if (current !== PASSWORD) return refusal(401, 'wrong_credentials', 'the password is wrong');
      if (wanted.length < 12) return refusal(422, 'bad_password', 'at least 12 characters are needed');
      return new Response(null, { status: 204 });
    },
    'GET /v1/conversations': () =>
      server.session?.how === 'none' ? refusal(401, 'sign_in_needed', 'sign in') : json({ conversations: [], next: null }),
  };
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const name = `${request.method} ${url.pathname}`;
    server.asked.push(name);
    const text = await request.text();
    const reply = server.replies[name] ?? own[name];
    return reply ? reply(text === '' ? null : JSON.parse(text), url) : missing();
  });
  return server;
}

const missing = () => refusal(404, 'not_found', 'there is nothing at this address');
