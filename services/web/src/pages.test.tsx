// The pages as a whole, against a server in memory: asking, coming back after a reload, losing the server.
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Answer } from './api/types';
import { answer as answerWords, conversation as words } from './strings';
import { openPages as open } from './testing/pages';
import { answerWith, documentView, evidence, quote } from './testing/sample';
import { anonymous, json } from './testing/session';

const id = 'c-1';
const head = { id, title: null, created_at: '2026-11-22T22:24:45Z', updated_at: '2026-11-22T22:24:45Z', turns: 0 };
const missing = () =>
  json({ type: '', title: '', status: 404, detail: 'there is nothing at this address', code: 'not_found', request_id: 'r' }, 404);

/** What the server holds, and what it was asked. */
let kept: unknown[] = [];
let asked: Record<string, unknown>[] = [];
let isDown = false;
let keepsConversations = true;
let isOld = false;
let given: Partial<Answer> = {};

async function serve(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init);
  const { pathname } = new URL(request.url);
  if (isDown) throw new TypeError('failed');
  if (pathname === '/v1/session') return isOld ? missing() : json(anonymous);
  if (pathname.startsWith('/v1/conversations') && !keepsConversations) return missing();
  if (pathname === '/v1/conversations') {
    return request.method === 'POST' ? json(head, 201) : json({ conversations: [], next: null });
  }
  if (pathname === `/v1/conversations/${id}`) return json({ ...head, title: 'First', turns: kept.length, answers: kept });
  if (pathname === '/v1/answers') {
    asked.push((await request.json()) as Record<string, unknown>);
    const answer = answerWith({ id: `a-${asked.length}`, ...given });
    kept.push(answer);
    const statements = answer.statements.map((statement) => `event: statement\ndata: ${JSON.stringify(statement)}\n\n`).join('');
    return new Response(`${statements}event: done\ndata: ${JSON.stringify(answer)}\n\n`);
  }
  if (pathname.startsWith('/v1/documents/')) return json(documentView);
  const answer = kept.find((one) => pathname === `/v1/answers/${(one as { id: string }).id}`);
  return answer ? json(answer) : missing();
}

async function ask(question: string) {
  await userEvent.type(await screen.findByRole('textbox'), `${question}{Enter}`);
}

beforeEach(() => {
  [kept, asked, isDown, keepsConversations, isOld, given] = [[], [], false, true, false, {}];
  vi.spyOn(globalThis, 'fetch').mockImplementation(serve);
  vi.spyOn(globalThis, 'scrollTo').mockImplementation(() => undefined);
  Element.prototype.scrollIntoView = () => undefined;
});

describe('the pages', () => {
  it('say what they are before the first question', async () => {
    open('/');
    const before = await screen.findByRole('region', { name: 'Before you ask' });
    for (const words of [/software/, /health professionals/i, /Not for emergencies/, /kept on record/]) {
      expect(within(before).getByText(words)).toBeTruthy();
    }
  });

  it('ask within a conversation, and show the same quote open after a reload', async () => {
    const { pages } = open('/');
    await ask('When is metformin not started?');
    await userEvent.click(await screen.findByRole('button', { name: /^Quote 1:/ }));
    expect(asked[0]).toMatchObject({ conversation: id, stream: true });
    expect(asked[0]).not.toHaveProperty('patient');
    await waitFor(() => expect(document.querySelector('mark')?.textContent).toContain(quote));
    const { href } = pages.state.location;
    expect(href).toContain(`/c/${id}?`);
    expect(href).toContain('cite=a-1.1');

    open(href);
    await waitFor(() => expect(document.querySelector('mark')?.textContent).toContain(quote));
    expect(screen.getAllByRole('button', { name: /^Quote 1:/, hidden: true })).toHaveLength(1);
  });

  it('say aloud that the literature does not answer, unless a part of the search was away', async () => {
    const heard = () => [...document.querySelectorAll('span[role=status]')].map((one) => one.textContent);
    given = { status: 'no_evidence', statements: [], evidence: [], reason: 'too little was found', closest: [evidence] };
    open('/');
    await ask('first');
    await waitFor(() => expect(heard()).toContain(words.announce.abstained(1)));
    given = { ...given, missing: 'the search by meaning is away' };
    await ask('second');
    await waitFor(() => expect(heard()).toContain(words.announce.inconclusive(1)));
    expect(heard()).not.toContain(words.announce.abstained(1));
    expect(screen.getByText(answerWords.statuses.degraded.title)).toBeTruthy();
    given = { ...given, closest: [] };
    await ask('third');
    await waitFor(() => expect(heard()).toContain(words.announce.inconclusive(0)));
    given = { ...given, missing: null };
    await ask('fourth');
    await waitFor(() => expect(heard()).toContain(words.announce.abstained(0)));
    for (const said of [words.announce.inconclusive(0), words.announce.abstained(0)]) expect(said).not.toContain('listed');
  });

  it('ask without a conversation where the server keeps none, and say so', async () => {
    keepsConversations = false;
    const { pages } = open('/');
    await ask('first');
    expect(await screen.findByText(/keeps no conversations: what is on this page/)).toBeTruthy();
    expect(pages.state.location.pathname).toBe('/');
    await ask('second');
    await waitFor(() => expect(asked).toHaveLength(2));
    expect(asked[1]).toMatchObject({ question: 'second', history: [{ question: answerWith().question }] });
    expect(asked[1]).not.toHaveProperty('conversation');
  });

  it('keep the question when the server is lost, and ask it again', async () => {
    open(`/c/${id}`);
    const field = await screen.findByRole('textbox');
    isDown = true;
    await userEvent.type(field, 'is it kept?{Enter}');
    expect(await screen.findByText('The server cannot be reached')).toBeTruthy();
    expect(screen.getByRole('heading', { name: 'is it kept?' })).toBeTruthy();
    isDown = false;
    await userEvent.click(screen.getByRole('button', { name: 'Ask again' }));
    expect(await screen.findByRole('button', { name: /^Quote 1:/ })).toBeTruthy();
    expect(asked[0]).toMatchObject({ question: 'is it kept?', conversation: id });
  });

  it('are open where the server knows no sessions, or is not reached', async () => {
    isOld = true;
    open('/');
    await ask('first');
    await waitFor(() => expect(asked).toHaveLength(1));
    isDown = true;
    open('/');
    expect(await screen.findByRole('textbox')).toBeTruthy();
    expect(screen.getByText('The server cannot be reached')).toBeTruthy();
  });

  it('say so at an address that leads nowhere', async () => {
    open('/nowhere');
    expect(await screen.findByText('There is nothing at this address')).toBeTruthy();
  });
});
