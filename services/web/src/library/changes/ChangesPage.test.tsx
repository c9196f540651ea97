// What is staged, the golden questions asked of it, and proposing it, against a server in memory.
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { changes as say } from '../../strings/changes';
import { openPages } from '../../testing/pages';
import { fakeServer, json, refusal, type Replies, signedIn } from '../../testing/session';
import { changeOf, corpusHealth, HASH, lin, proposalOf } from '../sample';
import type { Golden, Said, Staged } from '../types';

const HOSTILE = '<img src=x onerror=alert(1)> Gout';

const stagedOf = (change: Partial<Staged> = {}): Staged => ({
  published: 6,
  staged: 7,
  changes: [changeOf('d1', { title: HOSTILE }), changeOf('d2', { corpus: 'local', coming: 0, leaving: 3 })],
  record_hash: HASH,
  findings: 0,
  proposal: null,
  ...change,
});

const said = (statement: string, documents: string[]): Said => ({ status: 'answered', statements: [statement], documents });
const same = { is_changed: false, before: said('The same.', ['A']), after: said('The same.', ['A']) };
const other = {
  is_changed: true,
  before: said('Do not start below 30.', ['Old guideline']),
  after: said('Do not start below 45.', ['New guideline']),
};

const librarian = signedIn('lin', { roles: ['librarian'] });

let staged = stagedOf();
let golden: Golden = { questions: [], changed_at: null, changed_by: null };

function open(more: Replies = {}, session = librarian) {
  const server = fakeServer(session, {
    'GET /v1/library/staged': () => json(staged),
    'GET /v1/library/golden': () => json(golden),
    'GET /v1/library/corpora': () => json({ corpora: [corpusHealth('starter'), corpusHealth('local')] }),
    'GET /v1/library/proposals': () => json({ proposals: [], next: null }),
    ...more,
  });
  return { ...openPages('/library/changes'), server };
}

beforeEach(() => {
  staged = stagedOf();
  golden = { questions: ['When is metformin not started?', 'And in sepsis?', 'Third?'], changed_at: '2026-11-20T08:00:00Z', changed_by: lin };
  sessionStorage.clear();
  vi.spyOn(globalThis, 'scrollTo').mockImplementation(() => undefined);
});

describe('what is staged', () => {
  it('is told in figures, and document by document', async () => {
    const { container } = open();
    expect(await screen.findByText(say.staged.numbers(6, 7))).toBeTruthy();
    const figure = (name: string) => screen.getByText(name).parentElement?.querySelector('dd')?.textContent;
    expect([figure(say.staged.figures.coming), figure(say.staged.figures.leaving)]).toEqual(['1', '1']);
    const list = await screen.findByRole('list', { name: say.staged.corpus('starter library', 1) });
    expect(within(list).getByRole('link', { name: HOSTILE }).getAttribute('href')).toBe('/library/documents/d1?version=1');
    expect(container.querySelector('img')).toBeNull();
    expect(screen.getByText(HASH)).toBeTruthy();
    const { violations } = await axe.run(container);
    expect(violations.map(({ id }) => id)).toEqual([]);
  });

  it('is blocked by open findings, with the way to them', async () => {
    staged = stagedOf({ findings: 2 });
    open();
    expect(await screen.findByText(say.staged.blocked(2))).toBeTruthy();
    expect(screen.getByRole('link', { name: say.staged.toQueue }).getAttribute('href')).toBe('/library/queue');
  });

  it('may be nothing, and then nothing is proposed', async () => {
    staged = stagedOf({ changes: [] });
    open();
    expect(await screen.findByText(say.staged.nothing)).toBeTruthy();
    expect(screen.queryByRole('button', { name: say.propose.open })).toBeNull();
    expect(await screen.findByText(say.golden.nothingStaged)).toBeTruthy();
  });

  it('may be a hundred thousand documents, of which only a page is there at once', async () => {
    staged = stagedOf({ changes: Array.from({ length: 100_000 }, (_, at) => changeOf(`d${at}`)) });
    open();
    await userEvent.click(await screen.findByRole('button', { name: say.staged.corpus('starter library', 100_000) }));
    const list = await screen.findByRole('list', { name: say.staged.corpus('starter library', 100_000) });
    expect(within(list).getAllByRole('listitem')).toHaveLength(100);
  });
});

describe('the golden questions', () => {
  it('are asked, and show side by side which answer changes, word for word', async () => {
    const { container, server } = open({
      'POST /v1/library/staged/answers': (body) => {
        const { question } = body as { question: string };
        if (question === 'Third?') return refusal(503, 'model_down', 'the model does not answer');
        return json({ question, ...(question === 'And in sepsis?' ? same : other) });
      },
    });
    await userEvent.click(await screen.findByRole('button', { name: say.golden.ask }));
    expect(await screen.findByText(say.golden.over(1, 3))).toBeTruthy();
    expect(server.asked.filter((one) => one === 'POST /v1/library/staged/answers')).toHaveLength(3);
    expect(screen.getByRole('heading', { name: say.golden.changes(1) })).toBeTruthy();
    expect(screen.getByText(say.golden.same(1))).toBeTruthy();
    expect(screen.getByText('The model does not answer.')).toBeTruthy();
    expect(screen.queryByText(say.golden.away, { exact: false })).toBeNull();
    expect([...container.querySelectorAll('del')].map((one) => one.textContent)).toEqual(['30']);
    expect([...container.querySelectorAll('ins')].map((one) => one.textContent)).toEqual(['45']);
    expect(screen.getByText('Old guideline')).toBeTruthy();
    expect(screen.getByText('New guideline')).toBeTruthy();
    const { violations } = await axe.run(container);
    expect(violations.map(({ id }) => id)).toEqual([]);
    await userEvent.click(screen.getByRole('button', { name: say.golden.askFailed }));
    await waitFor(() => expect(server.asked.filter((one) => one === 'POST /v1/library/staged/answers')).toHaveLength(4));
    expect(await screen.findByText(say.golden.over(1, 3))).toBeTruthy();
  });

  it('that were not asked of the whole search say so, above all and above each that it was so of', async () => {
    const missing = 'the search by meaning is away: found by words alone';
    golden = { ...golden, questions: ['Same?', 'Other?', 'Whole?'] };
    open({
      'POST /v1/library/staged/answers': (body) => {
        const { question } = body as { question: string };
        return json({ question, ...(question === 'Same?' ? same : other), ...(question === 'Whole?' ? {} : { missing }) });
      },
    });
    await userEvent.click(await screen.findByRole('button', { name: say.golden.ask }));
    await screen.findByText(say.golden.over(2, 3));
    const notice = screen.getByText(say.golden.away).closest('[role=status]');
    expect(notice?.textContent).toContain(`The search by meaning is away: found by words alone. ${say.golden.awayDetail}`);
    const here = say.golden.awayHere('The search by meaning is away: found by words alone.');
    const panelOf = async (name: string) => {
      const button = screen.getByRole('button', { name });
      await userEvent.click(button);
      return document.getElementById(button.getAttribute('aria-controls') ?? '');
    };
    expect((await panelOf('Other?'))?.textContent).toContain(here);
    expect((await panelOf('Whole?'))?.textContent).toMatch(new RegExp(`^${say.golden.before}`));
  });

  it('of which only the unchanged were not asked of the whole search say so too', async () => {
    open({
      'POST /v1/library/staged/answers': (body) =>
        json({ ...(body as { question: string }), ...same, missing: 'the search by words is away' }),
    });
    await userEvent.click(await screen.findByRole('button', { name: say.golden.ask }));
    await screen.findByText(say.golden.over(0, 3));
    expect(screen.getAllByText('The search by words is away.', { exact: false })).toHaveLength(1);
  });

  it('are stopped when that is asked for, with what has come', async () => {
    const waiting: (() => void)[] = [];
    open({
      'POST /v1/library/staged/answers': (body) => {
        const { question } = body as { question: string };
        return new Promise((resolve) => waiting.push(() => resolve(json({ question, ...same }))));
      },
    });
    await userEvent.click(await screen.findByRole('button', { name: say.golden.ask }));
    const bar = await screen.findByRole('progressbar', { name: say.golden.progress });
    await waitFor(() => expect(waiting).toHaveLength(2));
    waiting[0]?.();
    await waitFor(() => expect(bar.getAttribute('aria-valuetext')).toBe(say.golden.asked(1, 3)));
    await userEvent.click(screen.getByRole('button', { name: say.golden.stop }));
    waiting.forEach((go) => go());
    expect(await screen.findByText(say.golden.stopped(1, 3))).toBeTruthy();
    expect(screen.getByRole('button', { name: say.golden.askAgain })).toBeTruthy();
  });

  it('are told to be out of date when more is staged afterwards', async () => {
    const { services } = open({
      'POST /v1/library/staged/answers': (body) => json({ ...(body as { question: string }), ...same }),
    });
    await userEvent.click(await screen.findByRole('button', { name: say.golden.ask }));
    await screen.findByText(say.golden.over(0, 3));
    expect(screen.queryByText(say.golden.stale)).toBeNull();
    staged = stagedOf({ record_hash: 'f'.repeat(64) });
    await services.queries.invalidateQueries({ queryKey: ['library'] });
    expect(await screen.findByText(say.golden.stale)).toBeTruthy();
  });

  it('are written one a line, and kept when the server refuses them', async () => {
    const sent: unknown[] = [];
    let isFull = true;
    open({
      'PUT /v1/library/golden': (body) => {
        sent.push(body);
        if (isFull) return refusal(507, 'disk_full', 'the disk is full');
        golden = { questions: (body as Golden).questions, changed_at: '2026-11-28T08:00:00Z', changed_by: lin };
        return json(golden);
      },
    });
    await userEvent.click(await screen.findByRole('button', { name: say.golden.edit }));
    const field = screen.getByRole('textbox', { name: say.golden.dialog.label });
    expect((field as HTMLTextAreaElement).value).toBe('When is metformin not started?\nAnd in sepsis?\nThird?');
    await userEvent.clear(field);
    await userEvent.type(field, 'One?{Enter}{Enter}Two?');
    await userEvent.click(screen.getByRole('button', { name: say.golden.dialog.act }));
    expect(await screen.findByText('The disk is full.')).toBeTruthy();
    expect((field as HTMLTextAreaElement).value).toBe('One?\n\nTwo?');
    isFull = false;
    await userEvent.click(screen.getByRole('button', { name: say.golden.dialog.act }));
    expect(await screen.findByText(say.golden.dialog.saved(2))).toBeTruthy();
    expect(sent.at(-1)).toEqual({ questions: ['One?', 'Two?'] });
  });
});

describe('proposing', () => {
  it('takes a reason, and leads to the proposal', async () => {
    const sent: unknown[] = [];
    const { pages } = open({
      'POST /v1/library/proposals': (body) => {
        sent.push(body);
        return json(proposalOf({ reason: 'Autumn' }), 201);
      },
      'GET /v1/library/proposals/p-1': () => json(proposalOf({ reason: 'Autumn' })),
    });
    await userEvent.click(await screen.findByRole('button', { name: say.propose.open }));
    const dialog = screen.getByRole('dialog', { name: say.propose.title });
    await userEvent.click(within(dialog).getByRole('button', { name: say.propose.act }));
    expect(within(dialog).getByText(say.propose.missing)).toBeTruthy();
    expect(sent).toEqual([]);
    await userEvent.type(within(dialog).getByRole('textbox'), 'Autumn{Control>}{Enter}{/Control}');
    await waitFor(() => expect(pages.state.location.href).toBe('/library/changes/p-1'));
    expect(sent).toEqual([{ kind: 'publish', reason: 'Autumn' }]);
    expect(await screen.findByRole('heading', { name: say.proposals.name(proposalOf()), level: 1 })).toBeTruthy();
  });

  it('is for librarians; what is proposed already is opened instead', async () => {
    open({}, signedIn('pat', { roles: ['publisher'] }));
    expect(await screen.findByText(say.propose.mayNot)).toBeTruthy();
    staged = stagedOf({ proposal: 'p-1' });
    open();
    const link = await screen.findByRole('link', { name: say.propose.toOpen });
    expect(link.getAttribute('href')).toBe('/library/changes/p-1');
    expect(screen.queryByRole('button', { name: say.propose.open })).toBeNull();
  });
});
