// Answers found by any field, as an auditor has them, against a server in memory.
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { saveBlob } from '../../export/file';
import { problem } from '../../strings';
import { answersFound as say } from '../../strings/answersFound';
import { record as recordWords } from '../../strings/record';
import { openPages } from '../../testing/pages';
import { anonymous, fakeServer, json, refusal, signedIn } from '../../testing/session';
import type { Found, FoundAnswer } from './calls';
import { foundAnswer } from './sample';

vi.mock('../../export/file', async (original) => ({
  ...(await original<typeof import('../../export/file')>()),
  save: vi.fn(),
  saveBlob: vi.fn(),
}));

const PATH = '/v1/audit/answers';
const auditor = signedIn('ada', { roles: ['auditor'] });

/** What was asked of the server, as it stands after the question mark. */
const asked = (): Record<string, string>[] =>
  vi
    .mocked(fetch)
    .mock.calls.map(([input]) => new URL(new Request(input).url))
    .filter(({ pathname }) => pathname === PATH)
    .map(({ searchParams }) => Object.fromEntries(searchParams));

const open = (address = '/audit/answers', found: Partial<Found> = {}, more = {}) => {
  const answers = [foundAnswer(3), foundAnswer(2, { question: null, status: 'failed: model_unavailable', worst: null, mode: null })];
  fakeServer(auditor, { [`GET ${PATH}`]: () => json({ answers, next: null, ...found }), ...more });
  return openPages(address);
};

const rows = async () => within(await screen.findByRole('list', { name: say.list.label })).getAllByRole('listitem');
const field = (name: string) => screen.getByRole<HTMLInputElement>('textbox', { name: new RegExp(`^${name}`) });

beforeEach(() => {
  sessionStorage.clear();
  vi.spyOn(globalThis, 'scrollTo').mockImplementation(() => undefined);
});

describe('the list', () => {
  it('shows of each what was asked and what came of it, the latest first', async () => {
    open();
    const [one, two] = await rows();
    expect(one?.textContent).toContain('Question 3?');
    expect(one?.textContent).toContain('22 Nov 2026, 10:00:31 UTC');
    for (const words of ['Answered', 'Weakest: Partly supported', '3 of 4 statements supported', 'Snapshot 7', 'as clinician']) {
      expect(one?.textContent).toContain(words);
    }
    expect(one?.textContent).toContain(`writer@${'ab'.repeat(6)}…`);
    expect(within(one as HTMLElement).getByRole('link', { name: 'Question 3?' }).getAttribute('href')).toBe('/audit/answers/answer-3');
    expect(two?.textContent).toContain(say.list.erased);
    expect(two?.textContent).toContain('Failed: a model was away');
    expect(screen.getByText('2 answers, the latest first.')).toBeTruthy();
  });

  it('does not take what half a search did not find for a word on the literature', async () => {
    const [nothing, half] = [foundAnswer(1, { status: 'no_evidence' }), foundAnswer(2, { status: 'no_evidence', missing: 'a part is away' })];
    open(undefined, { answers: [half, nothing] });
    const [one, two] = await rows();
    expect(one?.textContent).toContain(say.statuses['inconclusive'] ?? '?');
    expect(one?.textContent).not.toContain(say.statuses['no_evidence'] ?? '?');
    expect(two?.textContent).toContain(say.statuses['no_evidence'] ?? '?');
  });

  it('has pseudonyms short, whole to copy, and with the way to all of theirs', async () => {
    const { actor } = foundAnswer(3);
    const { pages } = open();
    const [one] = await rows();
    const row = within(one as HTMLElement);
    expect(row.getByTitle(actor).textContent).toBe('b6a04c34-5d3…');
    const user = userEvent.setup();
    await user.click(row.getByRole('button', { name: say.actor.copy(actor) }));
    expect(await navigator.clipboard.readText()).toBe(actor);
    await user.click(row.getByRole('link', { name: say.actor.allOf(actor) }));
    await waitFor(() => expect(pages.state.location.href).toBe(`/audit/answers?actor=${actor}`));
    await waitFor(() => expect(asked().at(-1)).toEqual({ actor, limit: '50' }));
  });

  it('is gone through with the keyboard', async () => {
    const { pages } = open(undefined, { answers: [foundAnswer(3), foundAnswer(2), foundAnswer(1)] });
    const questions = (await rows()).map((row) => within(row).getByRole('link', { name: /^Question/ }));
    questions[0]?.focus();
    await userEvent.keyboard('{ArrowDown}j{ArrowDown}');
    expect(document.activeElement).toBe(questions[2]);
    await userEvent.keyboard('k');
    expect(document.activeElement).toBe(questions[1]);
    await userEvent.keyboard('{Home}{ArrowUp}');
    expect(document.activeElement).toBe(questions[0]);
    await userEvent.keyboard('{End}{Enter}');
    await waitFor(() => expect(pages.state.location.pathname).toBe('/audit/answers/answer-1'));
  });

  it('goes on by the number of its last, and keeps no more than a page', async () => {
    const pageOf = (from: number) => Array.from({ length: 50 }, (_, at) => foundAnswer(from - at));
    const { pages } = open('/audit/answers?status=answered', undefined, {
      [`GET ${PATH}`]: () => json(asked().at(-1)?.['before'] === '951' ? { answers: pageOf(950), next: 901 } : { answers: pageOf(1000), next: 951 }),
    });
    expect(await rows()).toHaveLength(50);
    expect(screen.queryByRole('link', { name: say.list.latest })).toBeNull();
    await userEvent.click(screen.getByRole('link', { name: say.list.older }));
    await screen.findByText('Question 950?');
    expect(pages.state.location.href).toBe('/audit/answers?status=answered&before=951');
    expect(await rows()).toHaveLength(50);
    expect(document.activeElement).toBe(screen.getByRole('heading', { name: say.list.heading }));
    await userEvent.click(screen.getByRole('link', { name: say.list.latest }));
    await screen.findByText('Question 1000?');
    expect(asked().map(({ before }) => before)).toEqual([undefined, '951']);
  });

  it('shows questions as nothing but text', async () => {
    const hostile = '<img src=x onerror=alert(1)> [x](javascript:alert(2))';
    const { container } = open(undefined, { answers: [foundAnswer(1, { question: hostile, model: hostile, actor: hostile })] });
    await screen.findByRole('link', { name: hostile });
    expect(container.querySelector('main img')).toBeNull();
    for (const link of container.querySelectorAll('a')) expect(link.getAttribute('href')).toMatch(/^(\/|#)/);
  });

  it('says when there is none, and when it could not be read', async () => {
    open(undefined, { answers: [] });
    expect(await screen.findByText(say.list.none)).toBeTruthy();
    let isDown = true;
    open(undefined, undefined, {
      [`GET ${PATH}`]: () => (isDown ? refusal(500, 'internal', 'it broke') : json({ answers: [foundAnswer(1)], next: null })),
    });
    expect(await screen.findByText(say.list.failedToRead)).toBeTruthy();
    isDown = false;
    await userEvent.click(screen.getByRole('button', { name: say.list.retry }));
    expect(await rows()).toHaveLength(1);
  });
});

describe('the fields', () => {
  it('stand in the address, and ask the server for each', async () => {
    const { pages } = open();
    await rows();
    const form = screen.getByRole('form', { name: say.form.label });
    await userEvent.type(within(form).getByLabelText(new RegExp(`^${say.form.from}`)), '2026-11-01');
    await userEvent.type(within(form).getByLabelText(new RegExp(`^${say.form.to}`)), '2026-12-01');
    await userEvent.selectOptions(within(form).getByLabelText(say.form.status), 'failed: model_unavailable');
    await userEvent.selectOptions(within(form).getByLabelText(say.form.verdict), 'contradicted');
    await userEvent.type(field(say.form.actor), ' somebody ');
    await userEvent.type(field(say.form.model), 'writer@ab');
    await userEvent.type(field(say.form.document), 'd'.repeat(32));
    await userEvent.type(field(say.form.version), '2');
    await userEvent.type(field(say.form.snapshot), '7');
    await userEvent.click(within(form).getByRole('button', { name: say.form.submit }));
    const wanted = {
      from: '2026-11-01', to: '2026-12-01', status: 'failed: model_unavailable', verdict: 'contradicted', actor: 'somebody',
      model: 'writer@ab', snapshot: '7', document: 'd'.repeat(32), version: '2',
    };
    await waitFor(() => expect(pages.state.location.search).toEqual(wanted));
    await waitFor(() => expect(asked().at(-1)).toEqual({ ...wanted, limit: '50' }));
    // As a reload or a colleague with the link has it.
    openPages(pages.state.location.href);
    await rows();
    expect(field(say.form.actor).value).toBe('somebody');
    expect(screen.getByLabelText<HTMLSelectElement>(say.form.status).value).toBe('failed: model_unavailable');
    await userEvent.click(screen.getByRole('link', { name: say.form.all }));
    await waitFor(() => expect(field(say.form.actor).value).toBe(''));
  });

  it('say what cannot be asked for, and keep what was typed', async () => {
    open();
    await rows();
    const before = asked().length;
    await userEvent.type(field(say.form.version), '2');
    await userEvent.type(field(say.form.snapshot), 'x');
    await userEvent.click(screen.getByRole('button', { name: say.form.submit }));
    expect(screen.getByText(say.form.errors.document)).toBeTruthy();
    expect(screen.getByText(say.form.errors.number)).toBeTruthy();
    expect(document.activeElement).toBe(field(say.form.document));
    expect(field(say.form.snapshot).value).toBe('x');
    expect(asked()).toHaveLength(before);
  });

  it('that are wrong in the address are not asked for, and shown', async () => {
    open('/audit/answers?from=yesterday&status=whatever&id=..%2Fx');
    expect(await screen.findByText(say.list.wrong)).toBeTruthy();
    expect(screen.getByText(say.form.errors.time)).toBeTruthy();
    expect(screen.getByLabelText<HTMLSelectElement>(say.form.status).value).toBe('whatever');
    expect(asked()).toEqual([]);
  });

  it('have one that leads straight to a record, also in the address', async () => {
    const { pages } = open();
    await rows();
    await userEvent.type(field(say.straight.id), 'no id!{Enter}');
    expect(screen.getByText(say.straight.error)).toBeTruthy();
    await userEvent.clear(field(say.straight.id));
    await userEvent.type(field(say.straight.id), ' answer-9 {Enter}');
    await waitFor(() => expect(pages.state.location.pathname).toBe('/audit/answers/answer-9'));
    const other = open('/audit/answers?id=answer-8').pages;
    expect(await screen.findByRole('heading', { name: recordWords.title })).toBeTruthy();
    expect(other.state.location.href).toBe('/audit/answers/answer-8');
  });
});

describe('what was found can be taken along', () => {
  it('as a bundle of all of it, by the ids of every page', async () => {
    let body: unknown;
    open('/audit/answers?verdict=partial', undefined, {
      [`GET ${PATH}`]: () => {
        const isSecond = asked().at(-1)?.['before'] === '2';
        return json(isSecond ? { answers: [foundAnswer(1)], next: null } : { answers: [foundAnswer(3), foundAnswer(2)], next: 2 });
      },
      'POST /v1/audit/bundles': (sent: unknown) => {
        body = sent;
        return new Response('tar', { status: 200, headers: { 'osler-receipts': '2', 'osler-left-out': '1' } });
      },
    });
    await rows();
    await userEvent.click(screen.getByRole('button', { name: say.take.bundle }));
    expect(await screen.findByText(/with the receipts of 2 answers\. 1 question has no receipt/)).toBeTruthy();
    expect(body).toEqual({ answers: ['answer-3', 'answer-2', 'answer-1'] });
    expect(asked().slice(1)).toEqual([{ verdict: 'partial', limit: '500' }, { verdict: 'partial', before: '2', limit: '500' }]);
    const [name, blob] = vi.mocked(saveBlob).mock.lastCall ?? [];
    expect(name).toMatch(/^osler-bundle-\d{4}-\d\d-\d\d\.tar$/);
    expect(blob?.size).toBe(3);
  });

  it('as a table that no spreadsheet takes for formulas', async () => {
    const { save } = await import('../../export/file');
    const dangerous: Partial<FoundAnswer> = { question: '=HYPERLINK("http://x")', actor: '@x', held: true, model: null };
    open(undefined, { answers: [foundAnswer(5, dangerous), foundAnswer(4, { question: null })] });
    await rows();
    await userEvent.click(screen.getByRole('button', { name: say.take.csv }));
    const [name, type, text] = vi.mocked(save).mock.lastCall ?? [];
    expect([name, type]).toEqual([expect.stringMatching(/^osler-answers-.*\.csv$/), 'text/csv']);
    const lines = (text ?? '').replace('\ufeff', '').trimEnd().split('\r\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toBe(say.csv.join(','));
    expect(lines[1]).toBe(`answer-5,2026-11-22T10:00:31Z,'@x,clinician,answered,quoting,partial,4,3,7,,yes,,"'=HYPERLINK(""http://x"")"`);
  });
});

describe('who may see it', () => {
  it('others are told that their role does not include it', async () => {
    fakeServer(anonymous, { [`GET ${PATH}`]: () => refusal(403, 'not_allowed', 'this is for accounts with the role auditor') });
    openPages('/audit/answers');
    expect(await screen.findByText(problem.notAllowed)).toBeTruthy();
  });

  it('has no barriers that a checker finds', async () => {
    const { container } = open('/audit/answers?version=1', { next: 2 });
    await screen.findByText(say.list.wrong);
    const wrong = await axe.run(container);
    open(undefined, { next: 2 });
    await rows();
    const right = await axe.run(document.body);
    expect([...wrong.violations, ...right.violations].map(({ id }) => id)).toEqual([]);
  });
});
