// What readers said, and what becomes of their reports, as an auditor has it, against a server in memory.
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { problem } from '../../strings/problem';
import { readers as say } from '../../strings/readers';
import { openPages } from '../../testing/pages';
import { fakeServer, json, refusal, type Replies, signedIn } from '../../testing/session';
import { changedIn, nextOf, viewOf, waitsFor } from './feedback';
import { feedbackOf, HOSTILE, move, safety } from './sample';
import type { Feedback, HandlingChange } from './types';

/** The server's side. */
let held: Feedback[] = [];
let sent: { id: string; body: HandlingChange }[] = [];
let asked: string[] = [];

const PAGE = 3;

function listed(_: unknown, { searchParams, search }: URL) {
  asked.push(search);
  const [kind, state] = [searchParams.get('kind'), searchParams.get('state')];
  const before = Number(searchParams.get('before') ?? held.length);
  const found = held
    .map((one, at) => ({ one, n: held.length - 1 - at }))
    .filter(({ n }) => n < before)
    .filter(({ one }) => (kind === null || one.kind === kind) && (state === null || one.handling?.state === state));
  const page = found.slice(0, PAGE);
  return json({
    feedback: page.map(({ one }) => one),
    next: found.length > PAGE ? (page.at(-1)?.n ?? null) : null,
    waiting: held.filter(({ handling }) => handling?.state === 'open').length,
  });
}

const handling = (): Replies =>
  Object.fromEntries(
    held.map(({ id }) => [
      `POST /v1/audit/feedback/${id}/handling`,
      (body: unknown) => {
        const { to, outcome = null, note = null } = body as HandlingChange;
        sent.push({ id, body: body as HandlingChange });
        held = held.map((one) =>
          one.id !== id || !one.handling
            ? one
            : { ...one, handling: { state: to, moves: [...one.handling.moves, move(to, { outcome, note })], waited_hours: 26 } },
        );
        return json(held.find((one) => one.id === id));
      },
    ]),
  );

function open(address = '/audit/feedback', more: Replies = {}) {
  const server = fakeServer(signedIn('ada', { roles: ['auditor'] }), { 'GET /v1/audit/feedback': listed, ...handling(), ...more });
  return { server, ...openPages(address) };
}

const list = () => screen.findByRole('list', { name: say.list });
const reports = async () => within(await list()).getAllByRole('article');
const commentsOf = async () => (await reports()).map((one) => /Comment \d/.exec(one.textContent)?.[0]);
const act = async (name: string, at = 0) =>
  userEvent.click(within((await reports())[at] as HTMLElement).getByRole('button', { name: new RegExp(`^${name}: report of`) }));
const dialog = async (to: keyof typeof say.deeds) => within(await screen.findByRole('dialog', { name: say.deeds[to].title }));

beforeEach(() => {
  [held, sent, asked] = [[], [], []];
  vi.spyOn(globalThis, 'scrollTo').mockImplementation(() => undefined);
});

describe('the list', () => {
  it('has what was said, with the way to the record of each answer, and the words as they are', async () => {
    held = [safety('1', { comment: HOSTILE }), feedbackOf('2', { kind: 'disagree' }), feedbackOf('3')];
    const { container } = open();
    const links = within(await list()).getAllByRole('link');
    expect(links.map((link) => link.getAttribute('href'))).toEqual(['answer-1', 'answer-2', 'answer-3'].map((id) => `/audit/answers/${id}`));
    const [first] = await reports();
    for (const text of [HOSTILE, say.kinds.safety, say.states.open, say.about(2), say.categories.wrong_dose, say.severities.near_miss.label])
      expect(first?.textContent).toContain(text);
    expect(container.querySelector('main img')).toBeNull();
    // Only reports of a risk can be handled.
    expect(within(await list()).getAllByRole('button')).toHaveLength(2);
  });

  it('is narrowed by kind and by how reports stand, which the address keeps', async () => {
    held = [safety('1'), feedbackOf('2', { kind: 'disagree', comment: 'Comment 2' }), safety('3', { handling: { state: 'closed', moves: [], waited_hours: 1 } })];
    const { pages } = open();
    const kinds = await screen.findByRole('radiogroup', { name: say.filter });
    expect(screen.queryByRole('radiogroup', { name: say.stateFilter })).toBeNull();
    await userEvent.click(within(kinds).getByRole('radio', { name: say.kinds.safety }));
    const states = await screen.findByRole('radiogroup', { name: say.stateFilter });
    await userEvent.click(await within(states).findByRole('radio', { name: say.counted(say.states.open, '1') }));
    await waitFor(async () => expect(await commentsOf()).toEqual(['Comment 1']));
    expect(pages.state.location.search).toEqual({ kind: 'safety', state: 'open' });
    expect(asked.at(-1)).toBe('?kind=safety&state=open&limit=50');
    await userEvent.click(within(kinds).getByRole('radio', { name: say.kinds.disagree }));
    await waitFor(async () => expect(await commentsOf()).toEqual(['Comment 2']));
    expect(pages.state.location.search).toEqual({ kind: 'disagree' });
  });

  it('goes on by pages, and comes back', async () => {
    held = ['1', '2', '3', '4'].map((id) => safety(id));
    const { pages } = open('/audit/feedback?state=open');
    expect(await commentsOf()).toEqual(['Comment 1', 'Comment 2', 'Comment 3']);
    await userEvent.click(screen.getByRole('link', { name: say.older }));
    await waitFor(async () => expect(await commentsOf()).toEqual(['Comment 4']));
    expect(pages.state.location.search).toEqual({ kind: 'safety', state: 'open', before: '1' });
    expect(document.activeElement?.textContent).toBe(say.heading(say.kinds.safety, say.states.open));
    await userEvent.click(screen.getByRole('link', { name: say.latest }));
    await waitFor(async () => expect(await commentsOf()).toHaveLength(3));
  });

  it('says how many wait, and leads to them', async () => {
    held = [feedbackOf('1'), safety('2'), safety('3')];
    const { pages } = open();
    expect(await screen.findByText(say.waiting.some('2'))).toBeTruthy();
    await userEvent.click(screen.getByRole('link', { name: say.waiting.show }));
    await waitFor(() => expect(pages.state.location.search).toEqual({ kind: 'safety', state: 'open' }));
  });

  it.each([
    ['', say.none],
    ['?kind=unhelpful', say.noneOfKind],
    ['?state=open', say.noneInState.open],
    ['?before=3', say.noOlder],
  ])('that is empty says so: %s', async (search, title) => {
    open(`/audit/feedback${search}`);
    expect(await screen.findByText(title)).toBeTruthy();
    expect(screen.getByText(say.waiting.none)).toBeTruthy();
  });

  it('is not for everybody', async () => {
    open('/audit/feedback', { 'GET /v1/audit/feedback': () => refusal(403, 'not_allowed', 'this needs the role auditor') });
    expect(await screen.findByText(problem.notAllowed)).toBeTruthy();
  });
});

describe('a report of a risk', () => {
  it('shows how long it waited and what was done with it, by whom and why', async () => {
    const moves = [move('acknowledged'), move('closed', { by: 'other', outcome: 'passed_on', note: '<b>Told</b> the ward' })];
    held = [safety('1', { handling: { state: 'closed', moves, waited_hours: 26.2 } })];
    open();
    const [first] = await reports();
    const told = within(first as HTMLElement);
    expect(told.getByText('26 hours')).toBeTruthy();
    const [taken, closed] = within(told.getByRole('list', { name: say.moves.list })).getAllByRole('listitem');
    expect(taken?.textContent).toContain(`${say.moves.to.acknowledged} 23 Nov 2026, 12:00:00 UTC by you`);
    for (const text of ['by other', say.moves.outcome(say.outcomes.passed_on.label), '<b>Told</b> the ward'])
      expect(closed?.textContent).toContain(text);
    expect(told.getAllByRole('button')).toHaveLength(1);
  });

  it('is taken up, with or without a note, and counts as waiting no more', async () => {
    held = [safety('1')];
    open();
    await act(say.deeds.acknowledged.act);
    await userEvent.click((await dialog('acknowledged')).getByRole('button', { name: say.deeds.acknowledged.act }));
    expect(await screen.findByText(say.deeds.acknowledged.done)).toBeTruthy();
    expect(sent).toEqual([{ id: '1', body: { to: 'acknowledged' } }]);
    expect(await screen.findByText(say.waiting.none)).toBeTruthy();
    const [first] = await reports();
    expect(within(first as HTMLElement).getByText(say.states.acknowledged, { selector: 'h3 *' })).toBeTruthy();
    expect(document.activeElement).toBe(first);
  });

  it('is closed with a note and an outcome, and not without', async () => {
    held = [safety('1')];
    open();
    await act(say.deeds.closed.act);
    const asking = await dialog('closed');
    const send = asking.getByRole('button', { name: say.deeds.closed.act });
    await userEvent.click(send);
    expect(asking.getByText(say.deeds.closed.missing ?? '')).toBeTruthy();
    expect(asking.getByText(say.handle.noOutcome)).toBeTruthy();
    await userEvent.type(asking.getByRole('textbox'), ' The dose is right. ');
    await userEvent.click(send);
    expect(document.activeElement).toBe(asking.getAllByRole('radio')[0]);
    expect(sent).toEqual([]);
    await userEvent.click(asking.getByRole('radio', { name: new RegExp(`^${say.outcomes.no_fault.label}`) }));
    await userEvent.click(send);
    expect(await screen.findByText(say.deeds.closed.done)).toBeTruthy();
    expect(sent).toEqual([{ id: '1', body: { to: 'closed', outcome: 'no_fault', note: 'The dose is right.' } }]);
  });

  it('that is closed is opened again, and says why', async () => {
    held = [safety('1', { handling: { state: 'closed', moves: [move('closed', { outcome: 'no_fault', note: 'x' })], waited_hours: 1 } })];
    open();
    await act(say.deeds.open.act);
    const asking = await dialog('open');
    await userEvent.type(asking.getByRole('textbox'), 'It came back');
    await userEvent.click(asking.getByRole('button', { name: say.deeds.open.act }));
    expect(await screen.findByText(say.deeds.open.done)).toBeTruthy();
    expect(sent).toEqual([{ id: '1', body: { to: 'open', note: 'It came back' } }]);
  });

  it('that somebody else was faster with is read again, and what was typed stays', async () => {
    held = [safety('1')];
    open('/audit/feedback?state=open', {
      'POST /v1/audit/feedback/1/handling': () => {
        held = [];
        return refusal(409, 'illegal_change', 'the report is closed');
      },
    });
    await act(say.deeds.acknowledged.act);
    const asking = await dialog('acknowledged');
    await userEvent.type(asking.getByRole('textbox'), 'On it');
    await userEvent.click(asking.getByRole('button', { name: say.deeds.acknowledged.act }));
    expect(await asking.findByText('The report is closed.')).toBeTruthy();
    expect(asking.getByText(say.handle.changed)).toBeTruthy();
    // The list behind is empty by now.
    await waitFor(() => expect(document.body.textContent).toContain(say.noneInState.open));
    expect(asking.getByRole<HTMLTextAreaElement>('textbox').value).toBe('On it');
  });

  it('is not changed when the server is away, and nothing that was typed is lost', async () => {
    held = [safety('1')];
    open('/audit/feedback', { 'POST /v1/audit/feedback/1/handling': () => refusal(503, 'audit_unavailable', 'the log is away') });
    await act(say.deeds.acknowledged.act);
    const asking = await dialog('acknowledged');
    await userEvent.type(asking.getByRole('textbox'), 'On it');
    await userEvent.click(asking.getByRole('button', { name: say.deeds.acknowledged.act }));
    expect(await asking.findByText(say.deeds.acknowledged.failed)).toBeTruthy();
    expect(asking.getByRole<HTMLTextAreaElement>('textbox').value).toBe('On it');
    expect(asking.queryByText(say.handle.changed)).toBeNull();
  });
});

describe('by keyboard alone', () => {
  it('reports are gone through and closed, and the next one is there at once', async () => {
    held = ['1', '2', '3'].map((id) => safety(id));
    open('/audit/feedback?state=open');
    expect(await screen.findByText(say.keys)).toBeTruthy();
    ((await reports())[0] as HTMLElement).focus();
    await userEvent.keyboard('j');
    expect(document.activeElement).toBe((await reports())[1]);
    await userEvent.keyboard('{ArrowUp}{ArrowUp}jk{End}{Home}j');
    expect(document.activeElement).toBe((await reports())[1]);
    // An open report cannot be opened again.
    await userEvent.keyboard('r');
    expect(screen.queryByRole('dialog')).toBeNull();
    await userEvent.keyboard('c');
    const asking = await dialog('closed');
    // Keys of the list mean nothing while something is typed.
    await userEvent.keyboard('jack');
    expect(asking.getByRole<HTMLTextAreaElement>('textbox').value).toBe('jack');
    await userEvent.keyboard('{Tab} {Tab}{Tab}{Enter}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await waitFor(async () => expect(await commentsOf()).toEqual(['Comment 1', 'Comment 3']));
    expect(document.activeElement).toBe((await reports())[1]);
    expect(sent).toEqual([{ id: '2', body: { to: 'closed', outcome: 'no_fault', note: 'jack' } }]);
    await userEvent.keyboard('a');
    await dialog('acknowledged');
  });

  it('the last one that is closed leaves the focus at the heading, not nowhere', async () => {
    held = [safety('1')];
    open('/audit/feedback?state=open');
    ((await reports())[0] as HTMLElement).focus();
    await userEvent.keyboard('a');
    await userEvent.click((await dialog('acknowledged')).getByRole('button', { name: say.deeds.acknowledged.act }));
    expect(await screen.findByText(say.noneInState.open)).toBeTruthy();
    await waitFor(() => expect(document.activeElement?.tagName).toBe('H2'));
  });

  it('the record of the answer is opened', async () => {
    held = [safety('1'), safety('2')];
    const { pages } = open();
    ((await reports())[0] as HTMLElement).focus();
    await userEvent.keyboard('jo');
    await waitFor(() => expect(pages.state.location.pathname).toBe('/audit/answers/answer-2'));
  });
});

it('what is taken along is said to name nobody, and is saved by the browser', async () => {
  held = [safety('1')];
  open();
  expect(await screen.findByText(/Nobody is named in it, and nothing that somebody wrote leaves with it/)).toBeTruthy();
  for (const format of ['csv', 'ndjson'] as const) {
    const link = screen.getByRole('link', { name: say.take[format] });
    expect([link.getAttribute('href'), link.hasAttribute('download')]).toEqual([`/v1/audit/feedback/export?format=${format}`, true]);
  }
});

it('has no barriers that a checker finds, also in its dialogs', async () => {
  held = [safety('1', { handling: { state: 'acknowledged', moves: [move('acknowledged', { note: 'x' })], waited_hours: 3 } }), feedbackOf('2')];
  open('/audit/feedback');
  await list();
  expect((await axe.run(document.body)).violations.map(({ id }) => id)).toEqual([]);
  await act(say.deeds.closed.act);
  const asking = await screen.findByRole('dialog');
  expect((await axe.run(asking)).violations.map(({ id }) => id)).toEqual([]);
});

describe('what stands in the address', () => {
  it('is read with care', () => {
    expect(viewOf({ kind: 'constructor', state: 'toString', before: '-1' })).toEqual({ kind: null, state: null, before: null });
    expect(viewOf({ kind: 'helpful', state: 'closed', before: '7' })).toEqual({ kind: 'safety', state: 'closed', before: 7 });
  });
});

describe('a report', () => {
  it('waits from when it came, or from when it was opened again', () => {
    const now = Date.parse('2026-11-24T12:00:00Z');
    expect(waitsFor(safety('1'), now)).toBe(50);
    const again = { state: 'open', moves: [move('closed'), move('open')], waited_hours: 3 } as const;
    expect(waitsFor(safety('1', { handling: { ...again, moves: [...again.moves] } }), now)).toBe(24);
    expect(waitsFor(safety('1', { handling: { state: 'closed', moves: [], waited_hours: 3 } }), now)).toBeNull();
    expect(waitsFor(feedbackOf('1'), now)).toBeNull();
    expect([0.4, 1.9, 47.9, 48, 73].map(say.hours)).toEqual(['less than an hour', '1 hour', '47 hours', '2 days', '3 days']);
  });

  it('leaves a list that it no longer fits', () => {
    const [one, other] = [safety('1'), safety('2')];
    const closed = safety('1', { handling: { state: 'closed', moves: [], waited_hours: 3 } });
    expect(changedIn([one, other], closed, { kind: 'safety', state: 'open', before: null })).toEqual([other]);
    expect(changedIn([one, other], closed, { kind: null, state: null, before: null })).toEqual([closed, other]);
    expect([nextOf(one), nextOf(closed), nextOf(feedbackOf('3'))]).toEqual([['acknowledged', 'closed'], ['open'], []]);
  });
});
