// Taking documents in, as a librarian does it, against a server in memory.
import { act as settle, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { act } from '../../strings/act';
import { ingest as say } from '../../strings/ingest';
import { openPages } from '../../testing/pages';
import { fakeServer, json, refusal, type Replies, signedIn } from '../../testing/session';
import { corpusHealth } from '../sample';
import type { Account, Ingest, Run } from '../types';

const HOSTILE = '\u202egpj.<img src=x onerror=alert(1)>.pdf';
const SHOWN = '[U+202E]gpj.<img src=x onerror=alert(1)>.pdf';

const run = (id: number, change: Partial<Run> = {}): Run => ({
  id,
  at: '2026-11-28T10:00:00Z',
  actor: { id: 'lin', name: 'Lin Librarian' },
  corpus: 'starter',
  documents: { added: 2, updated: 1, unchanged: 3, rejected: 1 },
  passages: 120,
  reviews: 1,
  skipped: 4,
  ...change,
});

const account: Account = {
  report: {},
  taken: [
    { file: HOSTILE, document: 'd1', version: 1, updated: false, passages: 60, quality: 0.98, status: 'current' },
    { file: 'b.xml', document: 'd2', version: 3, updated: true, passages: 60, quality: null, status: 'retracted' },
  ],
  skipped: { jpg: 3, '': 1 },
  rejected: [{ file: 'c.docx', code: 'not_readable', reason: 'the archive is cut short' }],
  reviews: [{ file: HOSTILE, kind: 'near_text', detail: '91 % of its runs of words are in document d9' }],
  changed: [{ document: 'd7', version: 2, title: 'An old trial', status: 'retracted', feed: 'retraction-watch' }],
};

const working = (change: Partial<Ingest> = {}): Ingest => ({
  id: 'i-1',
  corpus: 'starter',
  by: { id: 'lin', name: 'Lin Librarian' },
  began_at: '2026-11-28T12:00:00Z',
  state: 'working',
  files: 40,
  seen: 4,
  documents: { added: 3, updated: 0, unchanged: 0, rejected: 1 },
  passages: 77,
  reviews: 0,
  rejected: [{ file: 'c.docx', code: 'not_readable', reason: 'the archive is cut short' }],
  wants_review: [],
  error: null,
  run: null,
  ...change,
});

const librarian = signedIn('lin', { roles: ['librarian'] });

/** The server's side: what is in work, and what it says of it. */
let current: Ingest | null = null;

const replies = (more: Replies = {}): Replies => ({
  'GET /v1/library/corpora': () =>
    json({ corpora: [corpusHealth('starter'), corpusHealth('local', { is_licence_over: true })] }),
  'GET /v1/library/ingests': () => json({ ingests: current ? [current] : [], runs: [run(7), run(6)] }),
  'GET /v1/library/ingests/i-1': () =>
    current ? json(current) : refusal(404, 'no_ingest', 'there is no such run'),
  'GET /v1/library/runs/7': () => json({ run: run(7), account }),
  'GET /v1/library/runs/8': () => json({ run: run(8), account }),
  ...more,
});

const open = (address = '/library/ingest?corpus=starter', more: Replies = {}, session = librarian) => {
  const server = fakeServer(session, replies(more));
  return { ...openPages(address), server };
};

/** In the place of the browser's own; the test says what happens to it. */
class FakeRequest {
  static last: FakeRequest | null = null;
  upload: { onprogress?: (event: unknown) => void } = {};
  onload?: () => void;
  onerror?: () => void;
  onabort?: () => void;
  method = '';
  address = '';
  status = 0;
  statusText = '';
  responseText = '';
  headers: Record<string, string> = {};
  body: FormData | null = null;

  constructor() {
    FakeRequest.last = this;
  }
  open(method: string, address: string) {
    [this.method, this.address] = [method, address];
  }
  setRequestHeader() {
    // Nothing here depends on it.
  }
  getResponseHeader(name: string) {
    return this.headers[name] ?? null;
  }
  send(body: FormData) {
    this.body = body;
  }
  abort() {
    this.onabort?.();
  }
  sent(loaded: number, total: number) {
    settle(() => this.upload.onprogress?.({ loaded, total, lengthComputable: true }));
  }
  answer(status: number, body: unknown) {
    [this.status, this.responseText] = [status, typeof body === 'string' ? body : JSON.stringify(body)];
    settle(() => this.onload?.());
  }
}

const fileOf = (name: string, size = 2048) => {
  const file = new File(['x'], name, { lastModified: 1 });
  Object.defineProperty(file, 'size', { value: size });
  return file;
};

async function choose(...files: File[]) {
  await screen.findByRole('button', { name: say.choose });
  const input = document.querySelector<HTMLInputElement>('input[type=file]');
  if (!input) throw new Error('no input');
  await userEvent.upload(input, files);
}

const sending = async () => {
  await userEvent.click(await screen.findByRole('button', { name: say.send }));
  return waitFor(() => {
    const request = FakeRequest.last;
    if (!request?.body) throw new Error('nothing was sent');
    return request;
  });
};

beforeEach(() => {
  [current, FakeRequest.last] = [null, null];
  sessionStorage.clear();
  vi.stubGlobal('XMLHttpRequest', FakeRequest);
  vi.spyOn(globalThis, 'scrollTo').mockImplementation(() => undefined);
  return () => vi.unstubAllGlobals();
});

describe('sending files', () => {
  it('shows what will be sent and how large it is, and what each is called whatever its name', async () => {
    const { container } = open();
    await choose(fileOf(HOSTILE, 3_400_000), fileOf('b.xml', 999));
    expect(screen.getByText(say.chosen(2, '3.4 MB'))).toBeTruthy();
    const list = screen.getByRole('list', { name: say.list });
    expect(within(list).getByText(SHOWN)).toBeTruthy();
    expect(container.querySelector('img')).toBeNull();
    await choose(fileOf('b.xml', 999));
    expect(screen.getByText(say.nothingAdded)).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: say.removeFile(SHOWN) }));
    expect(within(screen.getByRole('list', { name: say.list })).getAllByRole('listitem')).toHaveLength(1);
  });

  it('says before anything is sent what is wrong with it', async () => {
    open('/library/ingest');
    await userEvent.click(await screen.findByRole('button', { name: say.send }));
    expect(screen.getByText(say.noCorpus)).toBeTruthy();
    expect(screen.getByText(say.faults.none)).toBeTruthy();
    await userEvent.click(screen.getByRole('radio', { name: /^starter/i }));
    await choose(fileOf('a.pdf', 60_000_000), fileOf('b.pdf', 40_000_001));
    expect(screen.getByText(say.faults.too_much)).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: say.send }));
    expect(FakeRequest.last).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: say.removeFile('b.pdf') }));
    expect(screen.queryByText(say.faults.too_much)).toBeNull();
  });

  it('tells how far the upload is, and can be stopped with the files kept', async () => {
    open();
    await choose(fileOf('a.pdf', 4_000_000));
    const request = await sending();
    expect([request.method, new URL(request.address).search]).toEqual(['POST', '?corpus=starter']);
    expect(request.body?.getAll('file').map((file) => (file as File).name)).toEqual(['a.pdf']);
    request.sent(1_000_000, 4_000_000);
    const bar = screen.getByRole('progressbar', { name: say.sentFiles });
    expect(bar.getAttribute('aria-valuenow')).toBe('25');
    expect(bar.getAttribute('aria-valuetext')).toBe(say.sent('1\u00a0MB', '4\u00a0MB'));
    request.sent(4_000_000, 4_000_000);
    expect(bar.getAttribute('aria-valuetext')).toBe(say.sentAll);
    await userEvent.click(screen.getByRole('button', { name: say.cancelSending }));
    expect(await screen.findByRole('button', { name: say.send })).toBeTruthy();
    expect(screen.getByText(say.chosen(1, '4 MB'))).toBeTruthy();
    expect(screen.queryByText(say.sendFailed)).toBeNull();
  });

  it('says why the server refuses, and keeps the files', async () => {
    open();
    await choose(fileOf('a.pdf'));
    const detail = 'documents are being taken in already';
    (await sending()).answer(409, { status: 409, code: 'ingest_in_work', detail, request_id: 'r-9' });
    expect(await screen.findByText(/^Documents are being taken in already/)).toBeTruthy();
    expect(screen.getByText('r-9')).toBeTruthy();
    expect(screen.getByText(say.chosen(1, '2 kB'))).toBeTruthy();
  });

  it('takes a proxy that answers with a page for a server that was not reached', async () => {
    open();
    await choose(fileOf('a.pdf'));
    (await sending()).answer(502, '<html>');
    expect(await screen.findByText(/server was not reached/)).toBeTruthy();
  });
});

describe('a run in work', () => {
  it('begins with what was sent, is followed to its end, and leaves its report in the address', async () => {
    const { pages } = open();
    await choose(fileOf('a.pdf'));
    const request = await sending();
    current = working();
    request.answer(202, current);
    const bar = await screen.findByRole('progressbar', { name: say.live.progress });
    expect(bar.getAttribute('aria-valuetext')).toBe(say.live.seen(4, 40));
    expect(document.activeElement).toBe(screen.getByRole('heading', { name: say.states.working }));
    expect(screen.queryByText(say.chosen(1, '2 kB'))).toBeNull();
    expect(within(screen.getByRole('list', { name: say.live.sofarRejected })).getByText('c.docx')).toBeTruthy();
    current = working({ seen: 22 });
    await waitFor(() => expect(bar.getAttribute('aria-valuenow')).toBe('55'));
    expect(screen.getByText(say.live.tenths(5))).toBeTruthy();
    current = working({ state: 'done', seen: 40, documents: { added: 30, updated: 2, unchanged: 7, rejected: 1 }, run: 8 });
    expect(await screen.findByRole('heading', { name: say.states.done })).toBeTruthy();
    expect(screen.getAllByText(say.live.over.done(32)).length).toBeGreaterThan(0);
    await waitFor(() => expect(pages.state.location.href).toBe('/library/ingest?corpus=starter&run=8'));
    expect(await screen.findByRole('heading', { name: say.report.title })).toBeTruthy();
  });

  it('is found again after a reload, and stopped only when that is confirmed', async () => {
    current = working();
    const { server } = open('/library/ingest', {
      'DELETE /v1/library/ingests/i-1': () => {
        current = working({ state: 'stopping' });
        return new Response(null, { status: 202 });
      },
    });
    await userEvent.click(await screen.findByRole('button', { name: say.live.stop }));
    const dialog = screen.getByRole('alertdialog', { name: say.stop.title });
    expect(within(dialog).getByText(say.stop.text)).toBeTruthy();
    expect(server.asked.filter((one) => one.startsWith('DELETE'))).toEqual([]);
    await userEvent.click(within(dialog).getByRole('button', { name: say.stop.act }));
    expect(await screen.findByRole('heading', { name: say.states.stopping })).toBeTruthy();
    expect(screen.getByRole<HTMLButtonElement>('button', { name: say.send }).disabled).toBe(true);
    current = working({ state: 'stopped' });
    expect((await screen.findAllByText(say.live.over.stopped(3))).length).toBeGreaterThan(0);
    expect(screen.getByText('Not taken in so far')).toBeTruthy();
  });

  it('that went on without some of its sources says which, and why', async () => {
    current = working();
    open('/library/ingest');
    await screen.findByRole('progressbar');
    current = working({ state: 'done', error: 'pmc: the server is away\ndailymed: the archive is cut short' });
    expect(await screen.findByText(say.live.trouble)).toBeTruthy();
    expect(screen.getByText('Pmc: the server is away.')).toBeTruthy();
    expect(screen.getByText('Dailymed: the archive is cut short.')).toBeTruthy();
    expect(screen.queryByText(say.live.over.failed)).toBeNull();
  });

  it('that failed says why; one that the server has forgotten is said to be so', async () => {
    current = working();
    open('/library/ingest');
    await screen.findByRole('progressbar');
    current = working({ state: 'failed', error: 'the disk is full' });
    expect(await screen.findByText('The disk is full.')).toBeTruthy();
    current = working();
    open('/library/ingest');
    await screen.findByRole('progressbar');
    current = null;
    expect(await screen.findByText(say.live.lost)).toBeTruthy();
  });
});

describe('what came of it', () => {
  it('is told name by name, with ways to the documents, the queue and the changes', async () => {
    const { container } = open('/library/ingest?run=7');
    const report = (await screen.findByRole('heading', { name: say.report.title })).closest('section') as HTMLElement;
    await within(report).findByRole('link', { name: say.report.toChanges });
    expect(within(report).getByText('The archive is cut short.', { exact: false })).toBeTruthy();
    const kind = within(report).getByRole('link', { name: say.kinds.near_text });
    expect(kind.getAttribute('href')).toBe('/library/queue?kind=near_text');
    await userEvent.click(within(report).getByRole('button', { name: `${say.report.taken} (2)` }));
    const taken = within(report).getByRole('list', { name: say.report.taken });
    expect(within(taken).getByRole('link', { name: SHOWN }).getAttribute('href')).toBe('/library/documents/d1?version=1');
    await userEvent.click(within(report).getByRole('button', { name: `${say.report.skipped} (4)` }));
    expect(within(report).getByText(say.report.noEnding, { exact: false })).toBeTruthy();
    expect(container.querySelector('img')).toBeNull();
    const { violations } = await axe.run(container);
    expect(violations.map(({ id }) => id)).toEqual([]);
  });

  it('of earlier runs is opened from their list, and closed again', async () => {
    const { pages } = open();
    const links = await screen.findAllByRole('link', { name: /^Report of 28 Nov 2026, 10:00 UTC/ });
    expect(links).toHaveLength(2);
    await userEvent.click(links[0] as HTMLElement);
    await waitFor(() => expect(pages.state.location.href).toBe('/library/ingest?corpus=starter&run=7'));
    await userEvent.click(await screen.findByRole('button', { name: say.report.close }));
    await waitFor(() => expect(pages.state.location.href).toBe('/library/ingest?corpus=starter'));
  });

  it('that cannot be read is said to be so', async () => {
    open('/library/ingest?run=9', { 'GET /v1/library/runs/9': () => refusal(404, 'no_run', 'there is no such run') });
    expect(await screen.findByText(say.report.failed)).toBeTruthy();
    expect(screen.getByRole('button', { name: act.retry })).toBeTruthy();
  });
});

it('others than librarians see what came in, and take nothing in', async () => {
  current = working();
  const { container } = open('/library/ingest', {}, signedIn('ada', { roles: ['auditor'] }));
  expect(await screen.findByText(say.mayNot)).toBeTruthy();
  expect(await screen.findByRole('progressbar')).toBeTruthy();
  expect(screen.queryByRole('button', { name: say.live.stop })).toBeNull();
  expect(screen.queryByRole('button', { name: say.choose })).toBeNull();
  const { violations } = await axe.run(container);
  expect(violations.map(({ id }) => id)).toEqual([]);
});
