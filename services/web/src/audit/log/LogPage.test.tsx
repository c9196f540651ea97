// The log as an auditor has it: how it stands, its entries, and bundles of it, against a server in memory.
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { problem } from '../../strings/problem';
import { log as say } from '../../strings/log';
import { catchFiles, textOf } from '../../testing/files';
import { openPages } from '../../testing/pages';
import { fakeServer, json, refusal, type Replies, signedIn } from '../../testing/session';
import { sha256 } from '../../text/digest';
import { dayAfter, MOST } from './bundle';
import { type LogEntry, type LogState, STRETCH } from './calls';
import { byFours } from './state';

const KEY = 'osler.log/062f00cdc41f6f6e+48c590bb+AXSLSrkfEv9DIuuua5y3NpgJUECI7T76yqZudyHTeSJG';
const CHECKPOINT = 'osler.log/062f00cdc41f6f6e\n29\nosjPjQ9uOQblgbmyAJWh6c6nZI63GeE59169gIM512o=\n\n— osler.log/062f00cdc41f6f6e SMWQ\n';

const state: LogState = {
  origin: 'osler.log/062f00cdc41f6f6e',
  keys: [KEY],
  size: 29,
  checkpoint: CHECKPOINT,
  cosigned: null,
  witnesses: [],
  is_well: true,
  kept_days: 2192,
};

const entry = (seq: number, change: Partial<LogEntry> = {}): LogEntry => ({
  ...{ v: 1, seq, id: `e-${seq}`, at: '2026-11-22T10:00:00.000000000Z', tenant: 'default', actor: 'someone' },
  ...{ role: 'clinician', action: 'answer.given', request: null, object: {}, commitments: {}, checkpoint: 0 },
  release: 'osler-0.1.0',
  ...change,
});

/** What was asked of an address, by its query. */
const askedOf = (path: string) =>
  vi
    .mocked(fetch)
    .mock.calls.map(([input]) => new URL(new Request(input).url))
    .filter(({ pathname }) => pathname === path)
    .map(({ searchParams }) => Object.fromEntries(searchParams));
const lastOf = (path: string) => askedOf(path).at(-1) ?? {};

const ENTRIES = '/v1/audit/entries';
const ANSWERS = '/v1/audit/answers';

interface Opening {
  change?: Partial<LogState>;
  entries?: (query: Record<string, string>) => LogEntry[];
  replies?: Replies;
  address?: string;
}

function open({ change = {}, entries = () => [], replies = {}, address = '/audit/log' }: Opening = {}) {
  const server = fakeServer(signedIn('ada', { roles: ['auditor'] }), {
    'GET /v1/audit/state': () => json({ ...state, ...change }),
    [`GET ${ENTRIES}`]: () => {
      const query = lastOf(ENTRIES);
      return json({ entries: query['limit'] === '1' ? published(query['action']) : entries(query) });
    },
    ...replies,
  });
  return { server, ...openPages(address) };
}

const published = (action: string | undefined) => [
  action === 'corpus.published'
    ? entry(4, { action, object: { snapshot: 2, root: 'r' } })
    : entry(9, { action: 'corpus.rolled_back', object: { snapshot: 1, root: 'r' } }),
];

beforeEach(() => {
  vi.spyOn(globalThis, 'scrollTo').mockImplementation(() => undefined);
});

describe('how the log stands', () => {
  it('is said in a line, with size and the last publication, which may be a return', async () => {
    open();
    expect(await screen.findByText(say.health.alone.title)).toBeTruthy();
    expect(screen.getByText(say.facts.sizeOf('29'))).toBeTruthy();
    expect(await screen.findByText(new RegExp(say.facts.rolledBackOf('1', '22 Nov 2026')))).toBeTruthy();
    expect(screen.getByText(say.facts.keptOf('2,192'))).toBeTruthy();
  });

  it('shows witnesses with what they signed last, and when', async () => {
    const signature = String.fromCharCode(1, 2, 3, 4, 0, 0, 0, 0, 0x6a, 0x22, 0x33, 0x44) + 'x'.repeat(64);
    open({
      change: {
        cosigned: `${CHECKPOINT}— one.example ${btoa(signature)}\n`.replace('SMWQ', btoa('y'.repeat(68))),
        witnesses: [
          { name: 'one.example', url: 'https://one.example', size: 29, problem: null, alarm: false },
          { name: 'two.example', url: 'https://two.example', size: 0, problem: 'it cannot be reached', alarm: false },
        ],
      },
    });
    expect(await screen.findByText(say.health.silent.title)).toBeTruthy();
    const [, one, two] = within(screen.getByRole('table', { name: say.witnesses.table })).getAllByRole('row');
    for (const text of [say.witnesses.well, say.facts.sizeOf('29'), '5 Jun 2026']) expect(one?.textContent).toContain(text);
    for (const text of [say.witnesses.trouble, 'it cannot be reached', say.witnesses.never, say.witnesses.unknown])
      expect(two?.textContent).toContain(text);
  });

  it('is an alarm where a witness raises one', async () => {
    const witness = { name: 'one.example', url: 'https://one.example', size: 40, problem: 'the log has gone back', alarm: true };
    open({ change: { witnesses: [witness] } });
    expect((await screen.findByRole('alert')).textContent).toContain(say.health.alarm.title);
    expect(screen.getByText(say.witnesses.alarm)).toBeTruthy();
  });

  it('is not for everybody', async () => {
    const no = () => refusal(403, 'not_allowed', 'this needs the role auditor');
    fakeServer(signedIn('ada'), { 'GET /v1/audit/state': no, [`GET ${ENTRIES}`]: no });
    openPages('/audit/log');
    expect((await screen.findAllByText(problem.notAllowed)).length).toBeGreaterThan(0);
  });
});

describe('what is to be kept elsewhere', () => {
  it('is the name and fingerprint of each key', async () => {
    open();
    expect(await screen.findByText(byFours((await sha256(KEY)) ?? ''))).toBeTruthy();
    expect(screen.getByText('48c590bb')).toBeTruthy();
    expect(screen.getByText(KEY)).toBeTruthy();
  });

  it('is the checkpoint, exactly, on the clipboard and as a file', async () => {
    const user = userEvent.setup();
    const saved = catchFiles();
    open();
    await user.click(await screen.findByRole('button', { name: new RegExp(`: ${say.checkpoint.label}$`) }));
    await waitFor(async () => expect(await navigator.clipboard.readText()).toBe(CHECKPOINT));
    await user.click(screen.getByRole('button', { name: say.checkpoint.save }));
    expect(saved.map(({ name }) => name)).toEqual(['osler-checkpoint-29.txt']);
    expect(await textOf(saved[0])).toBe(CHECKPOINT);
  });
});

describe('entries', () => {
  const many = (query: Record<string, string>) => {
    const from = Number(query['before'] ?? 60);
    return Array.from({ length: Math.min(STRETCH, from) }, (_, n) => entry(from - 1 - n));
  };
  const list = () => screen.findByRole('list', { name: say.entries.list });

  it('go on in stretches that the address names', async () => {
    const { pages } = open({ entries: many });
    expect((await list()).children).toHaveLength(STRETCH);
    await userEvent.click(screen.getByRole('link', { name: say.entries.older }));
    await waitFor(async () => expect((await list()).children).toHaveLength(10));
    expect(pages.state.location.search).toEqual({ before: '10' });
    expect(document.activeElement?.textContent).toBe(say.entries.heading);
    // The first entry is the last of the list.
    expect(screen.queryByRole('link', { name: say.entries.older })).toBeNull();
    expect(screen.getByRole('link', { name: say.entries.latest })).toBeTruthy();
  });

  it('can be narrowed, by the keyboard alone', async () => {
    const { pages } = open({ entries: () => [entry(1)] });
    const user = userEvent.setup();
    await user.type(await screen.findByRole('textbox', { name: say.entries.form.action }), 'session.{Enter}');
    await waitFor(() => expect(lastOf(ENTRIES)).toEqual({ action: 'session.', limit: String(STRETCH) }));
    expect(pages.state.location.search).toEqual({ action: 'session.' });
    await user.click(screen.getByRole('link', { name: say.entries.form.all }));
    await waitFor(() => expect(pages.state.location.search).toEqual({}));
  });

  it('are there whole, as text, with the way to the answer that they are of', async () => {
    open({ entries: () => [entry(3, { object: { answer: 'a-1', note: '<img src=x>' } })] });
    await userEvent.click(within(await list()).getByRole('button'));
    expect(within(await list()).getByText(/"note": "<img src=x>"/)).toBeTruthy();
    expect(screen.getByRole('link', { name: say.entries.answer }).getAttribute('href')).toBe('/audit/answers/a-1');
  });

  it('say so where there are none', async () => {
    open({ address: '/audit/log?action=nothing.' });
    expect(await screen.findByText(say.entries.none)).toBeTruthy();
    expect(lastOf(ENTRIES)).toMatchObject({ limit: expect.any(String) as string });
  });
});

describe('a bundle', () => {
  const ids = (from: number, count: number) => Array.from({ length: count }, (_, n) => ({ id: `a-${from + n}` }));

  async function choose(from: string, to: string) {
    const first = await screen.findByLabelText(say.bundle.from);
    const last = screen.getByLabelText(say.bundle.to);
    const user = userEvent.setup();
    for (const [field, day] of [[first, from], [last, to]] as const) {
      await user.clear(field);
      if (day !== '') await user.type(field, day);
    }
    await user.click(screen.getByRole('button', { name: say.bundle.submit }));
  }

  it('has the answers of all stretches of its days, and comes with the way to check it', async () => {
    const saved = catchFiles();
    const bodies: unknown[] = [];
    open({
      replies: {
        [`GET ${ANSWERS}`]: () =>
          json(lastOf(ANSWERS)['before'] === undefined ? { answers: ids(2, 2), next: 2 } : { answers: ids(1, 1), next: null }),
        'POST /v1/audit/bundles': (body) => {
          bodies.push(body);
          return new Response('the archive');
        },
      },
    });
    await choose('2026-11-01', '2026-11-30');
    expect(await screen.findByText(say.bundle.done('osler-bundle-2026-11-01-2026-11-30.tar'))).toBeTruthy();
    expect(await textOf(saved[0])).toBe('the archive');
    // The last day is in it, so the server is asked up to the one after.
    const days = { from: '2026-11-01', to: '2026-12-01' };
    expect(bodies).toEqual([{ answers: ['a-2', 'a-3', 'a-1'], query: days }]);
    expect(askedOf(ANSWERS)[0]).toEqual({ ...days, limit: '500' });
    expect(screen.getByText(`osler audit verify osler-bundle-2026-11-01-2026-11-30.tar --key '${KEY}'`)).toBeTruthy();
  });

  it('says what it lacks', async () => {
    catchFiles();
    const headers = { 'osler-receipts': '1', 'osler-left-out': '2', 'osler-not-signed-by': 'one.example' };
    open({
      replies: {
        [`GET ${ANSWERS}`]: () => json({ answers: ids(1, 3), next: null }),
        'POST /v1/audit/bundles': () => new Response('the archive', { headers }),
      },
    });
    await choose('2026-11-01', '2026-11-30');
    for (const said of [say.bundle.doneDetail('1'), say.bundle.without('2'), say.bundle.unsigned('one.example')])
      expect(await screen.findByText(said)).toBeTruthy();
  });

  it('of more answers than a request can name is not begun', async () => {
    const { server } = open({ replies: { [`GET ${ANSWERS}`]: () => json({ answers: ids(0, MOST), next: 1 }) } });
    await choose('2020-01-01', '2026-11-30');
    expect(await screen.findByText(say.bundle.tooMany('6,000'))).toBeTruthy();
    expect(server.asked).not.toContain('POST /v1/audit/bundles');
  });

  it('that fails is told, and nothing is saved', async () => {
    const saved = catchFiles();
    open({
      replies: {
        [`GET ${ANSWERS}`]: () => json({ answers: [], next: null }),
        'POST /v1/audit/bundles': () => refusal(503, 'audit_unavailable', 'the log cannot be read'),
      },
    });
    await choose('2026-11-01', '2026-11-30');
    expect(await screen.findByText(say.bundle.failed)).toBeTruthy();
    expect(saved).toEqual([]);
  });

  it.each([
    ['', '2026-11-30', say.bundle.errors.from],
    ['2026-11-01', '', say.bundle.errors.to],
    ['2026-11-02', '2026-11-01', say.bundle.errors.order],
  ])('from %j to %j is not asked for', async (from, to, error) => {
    const { server } = open();
    await choose(from, to);
    expect(await screen.findByText(error)).toBeTruthy();
    expect(server.asked).not.toContain(`GET ${ANSWERS}`);
  });

  it('ends with a day over the end of a month and a year', () => {
    expect([dayAfter('2026-12-31'), dayAfter('2028-02-28')]).toEqual(['2027-01-01', '2028-02-29']);
  });
});

it('has no barriers that a checker finds', async () => {
  const witness = { name: 'one.example', url: 'https://one.example', size: 29, problem: null, alarm: false };
  const { container } = open({ change: { witnesses: [witness], cosigned: CHECKPOINT }, entries: () => [entry(2), entry(1)] });
  await screen.findByRole('list', { name: say.entries.list });
  await screen.findByRole('table');
  const { violations } = await axe.run(container);
  expect(violations.map(({ id }) => id)).toEqual([]);
});
