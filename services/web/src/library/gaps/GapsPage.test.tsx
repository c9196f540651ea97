// The gaps, as a librarian works through them, against a server in memory.
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { gaps as say } from '../../strings/gaps';
import { openPages } from '../../testing/pages';
import { fakeServer, json, refusal, type Replies, signedIn } from '../../testing/session';
import { lin, ticketOf } from '../sample';
import type { Ticket } from '../types';
import { having, inOrder, PAGE, stretchOf, viewOf } from './gaps';

const HOSTILE = '<img src=x onerror=alert(1)> dose?';

let tickets: Ticket[] = [];
let sent: unknown[] = [];

const librarian = signedIn('lin', { roles: ['librarian'] });

function open(address = '/library/gaps', session = librarian, more: Replies = {}) {
  const change = (id: string) => (body: unknown) => {
    sent.push({ id, body });
    const { state, note } = body as { state: Ticket['state']; note: string };
    const changed = { state, note, changed_at: '2026-11-28T09:00:00Z', changed_by: lin };
    tickets = tickets.map((one) => (one.id === id ? { ...one, ...changed } : one));
    return json(tickets.find((one) => one.id === id));
  };
  fakeServer(session, {
    'GET /v1/library/gaps': (_, { searchParams }) => {
      const of = (wanted: Ticket['state']) => tickets.filter((one) => one.state === wanted);
      const counts = { open: of('open').length, filled: of('filled').length, declined: of('declined').length };
      return json({ tickets: of((searchParams.get('state') ?? 'open') as Ticket['state']), counts });
    },
    ...Object.fromEntries(tickets.map(({ id }) => [`PATCH /v1/library/gaps/${id}`, change(id)])),
    ...more,
  });
  return openPages(address);
}

const names = async () =>
  within(await screen.findByRole('list', { name: say.list(say.states.open) })).getAllByRole('heading', { level: 2 }).map((one) => one.textContent);

beforeEach(() => {
  sent = [];
  tickets = [
    ticketOf(1),
    ticketOf(2, {
      times: 9,
      questions: [
        { question: HOSTILE, times: 6, last_asked_at: '2026-11-25T07:00:00Z' },
        { question: 'How much of it?', times: 3, last_asked_at: '2026-11-20T07:00:00Z' },
      ],
    }),
    ticketOf(3, { state: 'filled', snapshot: 7, changed_at: '2026-11-26T07:00:00Z' }),
    ticketOf(4, { state: 'declined', note: 'Not for adults', changed_at: '2026-11-26T07:00:00Z', changed_by: lin }),
  ];
  sessionStorage.clear();
  vi.spyOn(globalThis, 'scrollTo').mockImplementation(() => undefined);
});

describe('open gaps', () => {
  it('are there with the most asked first, how often and when, and those alike with it', async () => {
    const { container } = open();
    expect(await names()).toEqual([HOSTILE, 'What of 1?']);
    const first = screen.getByRole('article', { name: say.number(2) });
    expect(within(first).getByText(say.times(9))).toBeTruthy();
    expect(within(first).getByText('25 Nov 2026, 07:00 UTC')).toBeTruthy();
    await userEvent.click(within(first).getByRole('button', { name: say.alike(1) }));
    expect(within(first).getByText('How much of it?')).toBeTruthy();
    expect(container.querySelector('img')).toBeNull();
    const link = screen.getByRole('link', { name: say.export(say.states.open) });
    expect(link.getAttribute('href')).toBe('/v1/library/gaps/export?state=open');
    const { violations } = await axe.run(container);
    expect(violations.map(({ id }) => id)).toEqual([]);
  });

  it('are declined with a note, and opened again with one', async () => {
    const { pages } = open();
    await userEvent.click(await screen.findByRole('button', { name: say.decline.name(1) }));
    const dialog = screen.getByRole('dialog', { name: say.decline.title });
    expect(within(dialog).getByText('What of 1?')).toBeTruthy();
    await userEvent.click(within(dialog).getByRole('button', { name: say.decline.act }));
    expect(within(dialog).getByText(say.decline.missing)).toBeTruthy();
    expect(sent).toEqual([]);
    await userEvent.type(within(dialog).getByRole('textbox'), 'Elsewhere');
    await userEvent.click(within(dialog).getByRole('button', { name: say.decline.act }));
    expect(await screen.findByText(say.decline.done('What of 1?'))).toBeTruthy();
    await waitFor(async () => expect(await names()).toEqual([HOSTILE]));
    expect(document.activeElement).not.toBe(document.body);
    const states = screen.getByRole('navigation', { name: say.statesLabel });
    await userEvent.click(within(states).getByRole('link', { name: /^Declined/ }));
    await waitFor(() => expect(pages.state.location.href).toBe('/library/gaps?state=declined'));
    const declined = await screen.findByRole('article', { name: say.number(1) });
    expect(within(declined).getByText(say.note('Elsewhere'))).toBeTruthy();
    await userEvent.click(within(declined).getByRole('button', { name: say.reopen.name(1) }));
    await userEvent.type(screen.getByRole('textbox', { name: new RegExp(`^${say.reopen.note}`) }), 'Needed');
    await userEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name: say.reopen.act }));
    await waitFor(() => expect(sent).toHaveLength(2));
    expect(sent).toEqual([
      { id: 't-1', body: { state: 'declined', note: 'Elsewhere' } },
      { id: 't-1', body: { state: 'open', note: 'Needed' } },
    ]);
  });

  it('are searched through, also among those alike, and the words stand in the address', async () => {
    const { pages } = open();
    await names();
    await userEvent.type(screen.getByRole('searchbox', { name: say.find }), 'IT much');
    await waitFor(() => expect(pages.state.location.href).toBe('/library/gaps?q=IT+much'));
    expect(await names()).toEqual([HOSTILE]);
    expect(screen.getByText(say.found(1, 2))).toBeTruthy();
    open('/library/gaps?q=nothing+such');
    expect(await screen.findByText(say.nothingFound)).toBeTruthy();
    expect(screen.getByRole<HTMLInputElement>('searchbox').value).toBe('nothing such');
  });

  it('may be very many: a page of them is there at once', async () => {
    tickets = Array.from({ length: 2 * PAGE + 3 }, (_, at) => ticketOf(at + 1));
    const { pages } = open('/library/gaps?page=99');
    expect(await names()).toHaveLength(3);
    await userEvent.click(screen.getByRole('link', { name: say.previous }));
    await waitFor(() => expect(pages.state.location.href).toBe('/library/gaps?page=2'));
    expect(await names()).toHaveLength(PAGE);
    expect(screen.getByText(say.page(51, 100, 103))).toBeTruthy();
  });
});

it('filled ones name the snapshot that filled them, and are left as they are', async () => {
  open('/library/gaps?state=filled');
  const filled = await screen.findByRole('article', { name: say.number(3) });
  expect(within(filled).getByRole('link', { name: say.filled(7) }).getAttribute('href')).toBe('/library/snapshots');
  expect(within(filled).queryByRole('button')).toBeNull();
});

it('others read them; what fails is said to have failed', async () => {
  open('/library/gaps', signedIn('ada', { roles: ['auditor'] }));
  await names();
  expect(screen.getByText(say.mayNot)).toBeTruthy();
  expect(screen.queryByRole('button', { name: say.decline.name(1) })).toBeNull();
  open('/library/gaps', librarian, { 'GET /v1/library/gaps': () => refusal(500, 'internal', 'it broke') });
  expect(await screen.findByText(say.failed)).toBeTruthy();
});

it('what is shown follows from the address and the words', () => {
  expect(viewOf({ state: 'constructor', page: '0' })).toEqual({ state: 'open', q: '', page: 1 });
  const all = [ticketOf(1, { times: 1 }), ticketOf(2, { times: 5 }), ticketOf(3, { times: 5, last_asked_at: '2026-11-27T07:00:00Z' })];
  expect(inOrder(all).map(({ n }) => n)).toEqual([3, 2, 1]);
  expect(having('WHAT 2', all).map(({ n }) => n)).toEqual([2]);
  expect(stretchOf([], 4)).toEqual({ tickets: [], page: 1, last: 1, from: 1 });
});
