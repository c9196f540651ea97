// A recall as auditors and librarians have it, on the page, on paper and as a file, against a server in memory.
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Role } from '../../session/types';
import { literature } from '../../strings/literature';
import { problem } from '../../strings/problem';
import { recall as say } from '../../strings/recall';
import { catchFiles, textOf } from '../../testing/files';
import { openPages } from '../../testing/pages';
import { documentRef, documentView } from '../../testing/sample';
import { fakeServer, json, refusal, signedIn } from '../../testing/session';
import type { FoundAnswer, Recall } from './calls';

const answer = (n: number, change: Partial<FoundAnswer> = {}): FoundAnswer => ({
  n,
  id: `answer-${n}`,
  asked_at: '2026-11-22T10:00:00Z',
  actor: `someone-${n}`,
  role: 'clinician',
  status: 'answered',
  statements: 2,
  supported: 1,
  question: `Question ${n}?`,
  held: false,
  ...change,
});

const only: Recall = { document: documentRef.id, version: null, answers: 2, people: 1, listed: [answer(2), answer(1)], next: null };

/** Two stretches of a list. */
const first: Recall = { ...only, answers: 3, people: 3, listed: [answer(3), answer(2)], next: 2 };
const second: Recall = { ...first, listed: [answer(1)], next: null };

const asked = () =>
  vi
    .mocked(fetch)
    .mock.calls.map(([input]) => new URL(new Request(input).url))
    .filter(({ pathname }) => pathname === '/v1/audit/recall')
    .map(({ search }) => search);

const DOCUMENT = `GET /v1/documents/${documentRef.id}`;

interface Opening {
  roles?: Role[];
  recalls?: (before: string | null) => Response;
  document?: () => Response;
  address?: string;
}

function open({ roles = ['auditor'], recalls = () => json(only), document = () => json(documentView), address }: Opening = {}) {
  const server = fakeServer(signedIn('ada', { roles }), {
    'GET /v1/audit/recall': () => recalls(new URLSearchParams(asked().at(-1)).get('before')),
    [DOCUMENT]: document,
  });
  return { server, ...openPages(address ?? `/audit/recall?document=${documentRef.id}`) };
}

const both = (before: string | null) => json(before === null ? first : second);

const cells = () =>
  screen.getAllByRole('row').map((row) => [...row.children].map((cell) => cell.textContent));

beforeEach(() => {
  sessionStorage.clear();
  vi.spyOn(globalThis, 'scrollTo').mockImplementation(() => undefined);
});

describe('the list', () => {
  it('says how many answers and people, and what the document is', async () => {
    open();
    expect(await screen.findByText(say.list.summary('2', '1'))).toBeTruthy();
    expect(await screen.findByText(documentRef.title)).toBeTruthy();
    expect(screen.getByText(say.document.standingOf(1, literature.statuses.superseded))).toBeTruthy();
    expect(cells()).toEqual([
      [say.list.columns.time, say.list.columns.status, say.list.columns.who, say.list.columns.question],
      ['22 Nov 2026, 10:00:00 UTC', 'Answered', 'someone-2 (clinician)', 'Question 2?'],
      ['22 Nov 2026, 10:00:00 UTC', 'Answered', 'someone-1 (clinician)', 'Question 1?'],
    ]);
    expect(screen.getByRole('link', { name: 'Question 2?' }).getAttribute('href')).toBe('/audit/answers/answer-2');
  });

  it('leads to the record also where the words were destroyed', async () => {
    open({ recalls: () => json({ ...only, listed: [answer(1, { question: null })] }) });
    const link = await screen.findByRole('link', { name: say.list.destroyed });
    expect(link.getAttribute('href')).toBe('/audit/answers/answer-1');
  });

  it('is for librarians without questions and without ways to them', async () => {
    open({ roles: ['librarian'], recalls: () => json({ ...only, listed: [answer(1, { question: null })] }) });
    expect(await screen.findByText(say.list.noQuestions)).toBeTruthy();
    expect(cells()[1]).toEqual(['22 Nov 2026, 10:00:00 UTC', 'Answered', 'someone-1 (clinician)']);
    expect(within(screen.getByRole('table')).queryByRole('link')).toBeNull();
  });

  it('goes on in stretches that the address names', async () => {
    const { pages } = open({ recalls: both });
    await userEvent.click(await screen.findByRole('link', { name: say.list.older }));
    expect(await screen.findByRole('link', { name: 'Question 1?' })).toBeTruthy();
    expect(screen.queryByRole('link', { name: 'Question 3?' })).toBeNull();
    expect(pages.state.location.search).toEqual({ document: documentRef.id, before: '2' });
    expect(document.activeElement?.textContent).toBe(say.list.heading);
    await userEvent.click(screen.getByRole('link', { name: say.list.latest }));
    expect(await screen.findByRole('link', { name: 'Question 3?' })).toBeTruthy();
  });

  it('says so where nobody saw any', async () => {
    open({ recalls: () => json({ ...only, answers: 0, people: 0, listed: [] }) });
    expect(await screen.findByText(say.list.none)).toBeTruthy();
    expect(screen.queryByRole('table')).toBeNull();
  });

  it('is not for those whose role does not include it', async () => {
    open({ roles: ['clinician'], recalls: () => refusal(403, 'not_allowed', 'this needs another role') });
    expect(await screen.findByText(problem.notAllowed)).toBeTruthy();
  });
});

describe('the document', () => {
  it.each([
    [say.document.withheld, () => refusal(403, 'not_displayable', 'the licence does not allow it')],
    [say.document.unknown, () => refusal(404, 'unknown_document', 'there is no document of that id')],
  ])('need not be shown for the answers to be listed: %s', async (words, document) => {
    open({ document });
    expect(await screen.findByText(words)).toBeTruthy();
    expect(screen.getByText(documentRef.id, { selector: 'code' })).toBeTruthy();
    expect(await screen.findByRole('table')).toBeTruthy();
  });
});

describe('the form', () => {
  it('puts document and version into the address', async () => {
    const { pages } = open({ address: '/audit/recall' });
    const user = userEvent.setup();
    await user.type(await screen.findByRole('textbox', { name: say.form.document }), ` ${documentRef.id} `);
    await user.type(screen.getByRole('textbox', { name: say.form.version }), '2{Enter}');
    expect(await screen.findByText(say.list.summary('2', '1'))).toBeTruthy();
    expect(pages.state.location.search).toEqual({ document: documentRef.id, version: '2' });
    expect(asked()).toEqual([`?document=${documentRef.id}&version=2`]);
  });

  it('asks nothing without a document, or with a version that is none', async () => {
    open({ address: '/audit/recall' });
    const user = userEvent.setup();
    const version = await screen.findByRole('textbox', { name: say.form.version });
    await user.type(version, 'two');
    await user.click(screen.getByRole('button', { name: say.form.submit }));
    expect(screen.getByText(say.form.errors.document)).toBeTruthy();
    expect(screen.getByText(say.form.errors.version)).toBeTruthy();
    expect(document.activeElement).toBe(screen.getByRole('textbox', { name: say.form.document }));
    expect(asked()).toEqual([]);
  });
});

describe('the file', () => {
  it('has every answer of all stretches, and no formulas', async () => {
    const saved = catchFiles();
    const evil = { ...second, listed: [answer(1, { question: '=HYPERLINK("http://evil.example")' })] };
    open({ recalls: (before) => json(before === null ? first : evil) });
    await userEvent.click(await screen.findByRole('button', { name: say.take.csv }));
    await waitFor(() => expect(saved).toHaveLength(1));
    const lines = (await textOf(saved[0])).split('\r\n');
    expect(lines).toHaveLength(5);
    expect(lines[0]).toContain(say.csvQuestion);
    expect(lines[3]).toBe(
      `${documentRef.id},,2026-11-22T10:00:00Z,answered,someone-1,clinician,answer-1,2,1,"'=HYPERLINK(""http://evil.example"")"`,
    );
    expect(saved[0]?.name).toMatch(/^osler-\d{4}-\d\d-\d\d-recall-.*\.csv$/);
    expect(screen.getByText(say.take.saved(saved[0]?.name ?? ''))).toBeTruthy();
  });

  it('has no questions for whoever may not read them', async () => {
    const saved = catchFiles();
    open({ roles: ['publisher'] });
    await userEvent.click(await screen.findByRole('button', { name: say.take.csv }));
    await waitFor(() => expect(saved).toHaveLength(1));
    const text = await textOf(saved[0]);
    expect(text).not.toContain('Question');
    expect(text).not.toContain(say.csvQuestion);
    // What is on the page is all there is: it is not asked for again.
    expect(asked()).toHaveLength(1);
  });

  it('is not saved in part: what fails is told, and what is stopped is not', async () => {
    const saved = catchFiles();
    open({ recalls: (before) => (before === null ? json(first) : refusal(500, 'internal', 'something failed')) });
    await userEvent.click(await screen.findByRole('button', { name: say.take.csv }));
    expect(await screen.findByText(say.take.failed)).toBeTruthy();
    expect(saved).toEqual([]);
  });

  it('says how far it is, and can be stopped', async () => {
    const saved = catchFiles();
    let go: (reply: Response) => void = () => undefined;
    const { server } = open({ recalls: both });
    const button = await screen.findByRole('button', { name: say.take.csv });
    server.replies['GET /v1/audit/recall'] = () =>
      asked().at(-1)?.includes('before') ? new Promise<Response>((done) => (go = done)) : json(first);
    await userEvent.click(button);
    expect(await screen.findByText(say.take.collecting('2', '3'))).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: say.take.stop }));
    go(json(second));
    expect(await screen.findByRole('button', { name: say.take.csv })).toBeTruthy();
    expect(saved).toEqual([]);
    expect(screen.queryByText(say.take.failed)).toBeNull();
  });
});

describe('the sheet', () => {
  const sheet = () => document.querySelector<HTMLElement>('[data-print-sheet]');

  it('has heading, document, day, counts and the whole list', async () => {
    const print = vi.fn();
    globalThis.print = print;
    open({ recalls: both });
    await screen.findByText(documentRef.title);
    await userEvent.click(await screen.findByRole('button', { name: say.take.print }));
    await waitFor(() => expect(print).toHaveBeenCalledTimes(1));
    const paper = within(sheet() as HTMLElement);
    expect(paper.getByRole('heading', { name: say.sheet.heading, hidden: true })).toBeTruthy();
    for (const text of [documentRef.title, documentRef.id, 'ada', 'Question 1?', 'Question 3?', 'answer-2'])
      expect(sheet()?.textContent).toContain(text);
    expect(sheet()?.textContent).not.toContain(say.sheet.part('2', '3'));
    expect(document.title).toMatch(/^osler-.*-recall-/);
    globalThis.dispatchEvent(new Event('afterprint'));
    await waitFor(() => expect(sheet()).toBeNull());
    expect(document.title).toContain(say.title);
  });

  it('that the browser prints by itself says that it is a part', async () => {
    open({ recalls: both });
    await screen.findByRole('table');
    globalThis.dispatchEvent(new Event('beforeprint'));
    expect(sheet()?.textContent).toContain(say.sheet.part('2', '3'));
    globalThis.dispatchEvent(new Event('afterprint'));
    await waitFor(() => expect(sheet()).toBeNull());
  });
});

it('has no barriers that a checker finds', async () => {
  const { container } = open({ recalls: both });
  await screen.findByRole('table');
  await screen.findByText(documentRef.title);
  const { violations } = await axe.run(container);
  expect(violations.map(({ id }) => id)).toEqual([]);
});
