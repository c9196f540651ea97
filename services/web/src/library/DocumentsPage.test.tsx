// The list of documents: what stands in the address is what is asked for, and no more is in the page than is in sight.
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { literature, problem } from '../strings';
import { documents as say } from '../strings/documents';
import { library } from '../strings/library';
import { openPages } from '../testing/pages';
import { fakeServer, json, refusal, type Replies, signedIn } from '../testing/session';
import type { DocumentRow, LibraryDocuments } from './types';

const row = (n: number, change: Partial<DocumentRow> = {}): DocumentRow => ({
  document: `d-${n}`,
  version: 1,
  versions: 1,
  corpus: 'starter',
  title: `Document ${n}`,
  issuer: 'Osler',
  kind: 'guideline',
  status: 'current',
  access: 'full_text',
  published: '2024-03',
  review_by: null,
  expires: null,
  quality: 1,
  findings: 0,
  is_in_force: true,
  ...change,
});
const rows = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => row(from + at));
const page = (documents: DocumentRow[], next: string | null = null, total: number | null = documents.length) =>
  ({ documents, next, total }) satisfies LibraryDocuments;

const LIST = 'GET /v1/library/documents';
const librarian = signedIn('ada', { roles: ['librarian'] });
/** What is asked, in whatever order it stands. */
const inOrder = (search: string) => {
  const query = new URLSearchParams(search);
  query.sort();
  return search && `?${query.toString()}`;
};
const open = (reply: Replies[string], address = '/library/documents') => {
  const asked: string[] = [];
  const server = fakeServer(librarian, {
    [LIST]: (body, url) => {
      asked.push(inOrder(url.search));
      return reply(body, url);
    },
    'GET /v1/library/corpora': () => json({ corpora: [{ corpus: { id: 'starter', title: 'Teaching library' } }] }),
  });
  return { server, asked, ...openPages(address) };
};
const grid = () => screen.findByRole('grid', { name: say.title });
const linesIn = (list: HTMLElement) => within(list).getAllByRole('row').slice(1);

/** What a browser has and jsdom lacks: lists that load when their end comes near, here at once. */
class Near {
  constructor(readonly tell: (entries: { isIntersecting: boolean }[]) => void) {}
  observe() {
    queueMicrotask(() => this.tell([{ isIntersecting: true }]));
  }
  disconnect() {}
  unobserve() {}
}

/** The list has a size, so that it knows what is in sight. */
const seen = () => {
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(1200);
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600);
};

beforeEach(() => {
  sessionStorage.clear();
  vi.spyOn(globalThis, 'scrollTo').mockImplementation(() => undefined);
  vi.stubGlobal('IntersectionObserver', Near);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe('the list', () => {
  it('says of each document what a librarian needs to know, in words', async () => {
    const hostile = '<img src=x onerror=alert(1)> \u202egnp.exe';
    open(() =>
      json(
        page([
          row(1, { title: hostile, status: 'retracted', quality: 0.734, review_by: '2020-01', findings: 2 }),
          row(2, { version: 3, versions: 4, access: 'abstract_only', is_in_force: false, quality: null, published: null }),
        ]),
      ),
    );
    const [first, second] = linesIn(await grid());
    const cells = (line: HTMLElement | undefined) => [...(line?.children ?? [])].flatMap((one) => one.textContent);
    const told = cells(first).join('|');
    expect(told).toContain(hostile);
    for (const words of ['Retracted', '73\u00a0%', say.poorly, 'Jan 2020', say.overdue, 'Guideline', 'Mar 2024']) {
      expect(told).toContain(words);
    }
    const other = cells(second).join('|');
    for (const words of ['version 3 of 4', say.abstractOnly, say.notInForce, say.unmeasured, say.undated, say.noReview]) {
      expect(other).toContain(words);
    }
    expect(document.querySelector('img')).toBeNull();
    expect(screen.getByText('2 documents.')).toBeTruthy();
  });

  it('opens a document by its link and by Enter', async () => {
    const { pages } = open(() => json(page(rows(0, 3))));
    const list = await grid();
    expect(within(list).getByRole('link', { name: 'Document 1' }).getAttribute('href')).toBe('/library/documents/d-1');
    linesIn(list)[0]?.focus();
    await userEvent.keyboard('{ArrowDown}{Enter}');
    await waitFor(() => expect(pages.state.location.pathname).toBe('/library/documents/d-1'));
  });

  it('goes on where it ended, shows each once, and counts them all', async () => {
    const { asked } = open((_, url) =>
      json(url.searchParams.has('after') ? page([row(19), ...rows(20, 35)], null, null) : page(rows(0, 20), 'd-19', 35)),
    );
    await screen.findByText('35 documents.');
    await waitFor(async () => expect(linesIn(await grid())).toHaveLength(35));
    expect(asked).toEqual(['', '?after=d-19']);
  });

  it('is put away by the thousand, and gone on with from there', async () => {
    // Rows in sight only, so that thousands of them are quick.
    seen();
    const { asked } = open((_, url) => {
      const from = Number(url.searchParams.get('after') ?? 0);
      return json(page(rows(from, from + 500), String(from + 500), from === 0 ? 100_000 : null));
    });
    await userEvent.click(await screen.findByRole('button', { name: say.goOn }));
    expect(screen.queryByText(say.full(2000, 100_000))).toBeNull();
    await waitFor(() => expect(document.activeElement?.textContent).toBe('100,000 documents. From number 2,001 on.'));
    expect(within(await grid()).getByRole('link', { name: 'Document 2000' })).toBeTruthy();
    await screen.findByText(say.full(4000, 100_000), { exact: false });
    await userEvent.click(screen.getByRole('button', { name: say.toFirst }));
    expect(within(await grid()).getByRole('link', { name: 'Document 0' })).toBeTruthy();
    expect(asked.slice(0, 8)).toEqual(['', ...[500, 1000, 1500, 2000, 2500, 3000, 3500].map((n) => `?after=${n}`)]);
  });

  it('has no more in the page than is in sight', async () => {
    seen();
    vi.stubGlobal('IntersectionObserver', class extends Near { override observe() {} });
    open(() => json(page(rows(0, 2000), 'x', 100_000)));
    const list = await grid();
    expect(screen.getByText('100,000 documents.')).toBeTruthy();
    expect(linesIn(list).length).toBeGreaterThan(3);
    expect(linesIn(list).length).toBeLessThan(40);
  });

  it('says when no more can be had, and tries again only when told to', async () => {
    let isDown = true;
    const { asked } = open((_, url) => {
      if (!url.searchParams.has('after')) return json(page(rows(0, 2), 'd-1', 4));
      return isDown ? refusal(500, 'internal', 'the ledger is busy') : json(page(rows(2, 4), null, null));
    });
    expect((await screen.findByRole('alert')).textContent).toContain(say.moreFailed);
    const tries = asked.length;
    isDown = false;
    await userEvent.click(screen.getByRole('button', { name: library.retry }));
    await waitFor(async () => expect(linesIn(await grid())).toHaveLength(4));
    expect(asked).toHaveLength(tries + 1);
  });
});

describe('the filters', () => {
  it('stand in the address, and are what is asked for', async () => {
    const address = '/library/documents?corpus=starter&status=retracted&kind=trial&issuer=WHO&year=2024&due=true&poor=true&q=heart';
    const { asked } = open(() => json(page([row(1)])), address);
    await screen.findByText('1 document like this.');
    expect(asked).toEqual([inOrder(address.slice(address.indexOf('?')))]);
    await screen.findByRole('option', { name: 'Teaching library' });
    expect(screen.getByRole<HTMLSelectElement>('combobox', { name: say.filters.corpus }).value).toBe('starter');
    expect(screen.getByRole<HTMLSelectElement>('combobox', { name: say.filters.status }).value).toBe('retracted');
    expect(screen.getByRole<HTMLInputElement>('searchbox', { name: say.filters.q }).value).toBe('heart');
    expect(screen.getByRole<HTMLInputElement>('checkbox', { name: say.filters.due }).checked).toBe(true);
  });

  it('that nobody knows are not asked for', async () => {
    const { asked } = open(() => json(page([row(1)])), '/library/documents?status=fine&kind=constructor&year=20x&due=yes');
    await screen.findByText('1 document.');
    expect(asked).toEqual(['']);
  });

  it('go to the address when they are chosen or sent', async () => {
    const { asked, pages } = open(() => json(page([row(1)])));
    await grid();
    await userEvent.selectOptions(screen.getByRole('combobox', { name: say.filters.status }), literature.statuses.expired);
    await waitFor(() => expect(pages.state.location.href).toBe('/library/documents?status=expired'));
    await userEvent.click(screen.getByRole('checkbox', { name: say.filters.poor }));
    await waitFor(() => expect(pages.state.location.href).toBe('/library/documents?status=expired&poor=true'));
    await userEvent.type(screen.getByRole('searchbox', { name: say.filters.q }), ' heart failure {Enter}');
    const wanted = '?status=expired&poor=true&q=heart+failure';
    await waitFor(() => expect(pages.state.location.href).toBe(`/library/documents${wanted}`));
    await waitFor(() => expect(asked.at(-1)).toBe(inOrder(wanted)));
    await userEvent.click(screen.getByRole('link', { name: say.filters.clear }));
    await waitFor(() => expect(pages.state.location.href).toBe('/library/documents'));
    expect(screen.getByRole<HTMLInputElement>('searchbox', { name: say.filters.q }).value).toBe('');
  });

  it('do not take a year that is none', async () => {
    const { pages } = open(() => json(page([row(1)])));
    await grid();
    const year = screen.getByRole('textbox', { name: say.filters.year });
    await userEvent.type(year, '24{Enter}');
    expect(await screen.findByText(say.filters.badYear)).toBeTruthy();
    expect(document.activeElement).toBe(year);
    expect(pages.state.location.href).toBe('/library/documents');
  });

  it('that leave nothing say so', async () => {
    open(() => json(page([])), '/library/documents?q=nothing');
    expect(await screen.findByText(say.emptyFiltered)).toBeTruthy();
    open(() => json(page([])));
    expect(await screen.findByRole('link', { name: say.toIngest })).toBeTruthy();
  });
});

describe('on a narrow screen', () => {
  beforeEach(() => {
    vi.spyOn(globalThis, 'matchMedia').mockReturnValue({
      matches: false,
      addEventListener: () => undefined,
      removeEventListener: () => undefined,
    } as unknown as MediaQueryList);
  });

  it('is a list, and the filters are folded', async () => {
    const { container } = open(() => json(page([row(1, { status: 'withdrawn', quality: 0.2, findings: 1 })])));
    const list = await screen.findByRole('grid', { name: say.title });
    const [entry] = within(list).getAllByRole('row');
    for (const words of ['Document 1', 'Withdrawn', say.inList.poor, '1 open finding']) {
      expect(entry?.textContent).toContain(words);
    }
    expect(screen.queryByRole('combobox', { name: say.filters.status })).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: say.filters.more }));
    expect(screen.getByRole('combobox', { name: say.filters.status })).toBeTruthy();
    const { violations } = await axe.run(container);
    expect(violations.map(({ id }) => id)).toEqual([]);
  });
});

it('is not for everybody, and says so', async () => {
  open(() => refusal(403, 'not_allowed', 'this needs another role'));
  expect(await screen.findByText(problem.notAllowed)).toBeTruthy();
});

it('has no barriers that a checker finds', async () => {
  const { container } = open(() => json(page([row(1, { status: 'retracted', quality: 0.1 }), row(2)])));
  await grid();
  const { violations } = await axe.run(container);
  expect(violations.map(({ id }) => id)).toEqual([]);
});
