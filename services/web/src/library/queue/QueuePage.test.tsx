// The review queue, gone through by a librarian, against a server in memory.
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { queue as say } from '../../strings/queue';
import { openPages } from '../../testing/pages';
import { fakeServer, json, refusal, type Replies, signedIn } from '../../testing/session';
import { corpusHealth, findingOf, lin } from '../sample';
import type { Finding, Outcome, Overdue } from '../types';
import { otherOf, placeOf, viewOf } from './queue';

const OTHER = '0bb4516372a667841b30dd5d97871fe1';
const HOSTILE = '<img src=x onerror=alert(1)> Gout';

/** The server's side. */
let findings: Finding[] = [];
let overdue: Overdue[] = [];
let sent: { path: string; body: unknown }[] = [];

const librarian = signedIn('lin', { roles: ['librarian'] });

function listed(_: unknown, { searchParams }: URL) {
  const state = searchParams.get('state');
  const kind = searchParams.get('kind');
  const open = findings.filter(({ settled }) => settled === null);
  const found = (state === 'settled' ? findings.filter(({ settled }) => settled) : open)
    .filter((one) => kind === null || one.kind === kind)
    .filter(({ id }) => id > Number(searchParams.get('after') ?? 0));
  const limit = Math.min(Number(searchParams.get('limit')), 3);
  const page = found.slice(0, limit);
  const of = (one: Finding['kind']) => open.filter((finding) => finding.kind === one).length;
  return json({
    findings: page,
    next: found.length > limit ? (page.at(-1)?.id ?? null) : null,
    open: {
      ...{ poor_quality: of('poor_quality'), same_text: of('same_text'), near_text: of('near_text') },
      ...{ same_work: of('same_work'), doubtful_notice: of('doubtful_notice') },
    },
    overdue: overdue.length,
  });
}

const settlements = (): Replies =>
  Object.fromEntries(
    findings.map(({ id }) => [
      `POST /v1/library/findings/${id}/settlement`,
      (body: unknown) => {
        sent.push({ path: String(id), body });
        const { outcome, note } = body as { outcome: Outcome; note: string };
        const at = '2026-11-28T12:00:00Z';
        findings = findings.map((one) => (one.id === id ? { ...one, settled: { at, by: lin, outcome, note } } : one));
        return json(findings.find((one) => one.id === id));
      },
    ]),
  );

function open(address = '/library/queue', more: Replies = {}, session = librarian) {
  fakeServer(session, {
    'GET /v1/library/findings': listed,
    'GET /v1/library/overdue': () => json({ overdue }),
    'GET /v1/library/corpora': () => json({ corpora: [corpusHealth('starter')] }),
    ...settlements(),
    ...more,
  });
  return openPages(address);
}

const list = () => screen.findByRole('listbox');
const chosen = () => {
  const box = screen.getByRole('listbox');
  const option = within(box).getByRole('option', { selected: true });
  expect(box.getAttribute('aria-activedescendant')).toBe(option.id);
  return option.textContent ?? '';
};
const detail = () => screen.getByRole('region', { name: say.detail.label });

beforeEach(() => {
  findings = [1, 2, 3].map((id) => findingOf(id));
  [overdue, sent] = [[], []];
  sessionStorage.clear();
  vi.spyOn(globalThis, 'scrollTo').mockImplementation(() => undefined);
  Element.prototype.scrollIntoView = () => undefined;
});

describe('by keyboard alone', () => {
  it('three findings in a row are settled, each said aloud, with the next one there at once', async () => {
    const { pages } = open();
    (await list()).focus();
    expect(chosen()).toContain('Document 1');
    await userEvent.keyboard('a');
    const first = screen.getByRole('dialog', { name: say.outcomes.accepted.title('Document 1') });
    expect(within(first).getByText(say.kinds.poor_quality.outcomes.accepted)).toBeTruthy();
    await userEvent.keyboard('{Enter}');
    expect(within(first).getByText(say.settle.missing)).toBeTruthy();
    expect(sent).toEqual([]);
    await userEvent.keyboard('Compared with the print{Enter}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(screen.getByText(`${say.done('Accepted', 'Document 1')} ${say.nextIs('Document 2')}`)).toBeTruthy();
    expect(document.activeElement).toBe(await list());
    expect(chosen()).toContain('Document 2');
    expect(within(detail()).getByRole('heading', { name: 'Document 2' })).toBeTruthy();

    await userEvent.keyboard('j');
    expect(chosen()).toContain('Document 3');
    await userEvent.keyboard('k');
    await userEvent.keyboard('c');
    await userEvent.keyboard('Withdrawn{Enter}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(chosen()).toContain('Document 3');
    await userEvent.keyboard('d');
    await userEvent.keyboard('{Enter}');
    expect(await screen.findByText(`${say.done('Dismissed', 'Document 3')} ${say.nothingLeft}`)).toBeTruthy();
    const empty = await screen.findByText(say.empty.open);
    expect(document.activeElement?.contains(empty)).toBe(true);
    expect(document.activeElement).not.toBe(document.body);
    expect(sent).toEqual([
      { path: '1', body: { outcome: 'accepted', note: 'Compared with the print' } },
      { path: '2', body: { outcome: 'acted', note: 'Withdrawn' } },
      { path: '3', body: { outcome: 'dismissed', note: '' } },
    ]);
    expect(pages.state.location.pathname).toBe('/library/queue');
  });

  it('keys mean something only while the list has the focus', async () => {
    const { pages } = open();
    await list();
    (document.activeElement as HTMLElement | null)?.blur();
    await userEvent.keyboard('ado?');
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(pages.state.location.pathname).toBe('/library/queue');
    (await list()).focus();
    await userEvent.keyboard('?');
    expect(within(await screen.findByRole('dialog', { name: say.keys.label })).getByText(say.keys.dismissed)).toBeTruthy();
    await userEvent.keyboard('d');
    expect(screen.getAllByRole('dialog')).toHaveLength(1);
    await userEvent.keyboard('{Escape}');
    (await list()).focus();
    await userEvent.keyboard('{End}o');
    await waitFor(() => expect(pages.state.location.href).toBe('/library/documents/d3?version=1'));
  });

  it('what somebody else has settled is said to be so, and the place is kept', async () => {
    open('/library/queue', {
      'POST /v1/library/findings/2/settlement': () => {
        findings = findings.filter(({ id }) => id !== 2);
        return refusal(409, 'settled', 'somebody has settled this meanwhile');
      },
    });
    (await list()).focus();
    await userEvent.keyboard('j');
    await userEvent.keyboard('d');
    await userEvent.keyboard('{Enter}');
    expect(await screen.findByText('Somebody has settled this meanwhile.')).toBeTruthy();
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(screen.getAllByRole('option')).toHaveLength(2));
    expect(chosen()).toContain('Document 3');
  });
});

describe('the list', () => {
  it('is narrowed down by kind, with counts, in the address, and has no more than a page', async () => {
    findings = [1, 2, 3, 4, 5].map((id) => findingOf(id, id > 3 ? { kind: 'same_work' } : {}));
    overdue = [{ document: 'd9', version: 2, corpus: 'starter', title: 'Old', review_by: '2024-03' }];
    const { pages } = open();
    const kinds = await screen.findByRole('navigation', { name: say.kindsLabel });
    await waitFor(() =>
      expect(within(kinds).getAllByRole('link').map((one) => one.textContent)).toEqual([
        `${say.all}5`, `${say.kinds.doubtful_notice.name}0`, `${say.kinds.poor_quality.name}3`,
        `${say.kinds.same_text.name}0`, `${say.kinds.near_text.name}0`, `${say.kinds.same_work.name}2`, `${say.overdue}1`,
      ]),
    );
    expect(await screen.findAllByRole('option')).toHaveLength(3);
    await userEvent.click(screen.getByRole('link', { name: say.next }));
    await waitFor(() => expect(screen.getAllByRole('option')).toHaveLength(2));
    expect(pages.state.location.href).toBe('/library/queue?after=3');
    await userEvent.click(within(kinds).getByRole('link', { name: new RegExp(`^${say.kinds.poor_quality.name}`) }));
    await waitFor(() => expect(pages.state.location.href).toBe('/library/queue?kind=poor_quality'));
    expect(within(kinds).getAllByRole('link', { current: 'page' })).toHaveLength(1);
  });

  it('opens at the one that the address names, and names the one that is looked at', async () => {
    const { pages } = open('/library/queue?item=2');
    await list();
    expect(chosen()).toContain('Document 2');
    await userEvent.click(screen.getByRole('option', { name: /Document 3/ }));
    expect(within(detail()).getByRole('heading', { name: 'Document 3' })).toBeTruthy();
    await waitFor(() => expect(pages.state.location.href).toBe('/library/queue?item=3'));
  });

  it('on narrow screens gives way to the detail, and comes back', async () => {
    const wide = globalThis.matchMedia;
    globalThis.matchMedia = (query) => ({ ...wide(query), matches: false });
    try {
      const { pages } = open();
      await list();
      expect(screen.queryByRole('region', { name: say.detail.label })).toBeNull();
      await userEvent.click(screen.getByRole('option', { name: /Document 2/ }));
      await waitFor(() => expect(screen.queryByRole('listbox')).toBeNull());
      expect(document.activeElement).toBe(within(detail()).getByRole('heading', { name: 'Document 2' }));
      await userEvent.click(within(detail()).getByRole('button', { name: /^Dismiss/ }));
      await userEvent.keyboard('{Enter}');
      expect(await screen.findByRole('heading', { name: 'Document 3' })).toBeTruthy();
      await waitFor(() => expect(pages.state.location.href).toBe('/library/queue?item=3'));
      await userEvent.click(screen.getByRole('button', { name: say.back }));
      expect(document.activeElement).toBe(await list());
    } finally {
      globalThis.matchMedia = wide;
    }
  });

  it('shows what was settled, by whom and why, with nothing to settle', async () => {
    const settled = { at: '2026-11-21T10:00:00Z', by: lin, outcome: 'acted', note: 'Withdrawn' } as const;
    findings = [findingOf(1, { settled, title: HOSTILE })];
    const { container } = open('/library/queue?state=settled');
    await list();
    expect(within(detail()).getByText('Withdrawn')).toBeTruthy();
    expect(within(detail()).getByText('By Lin Librarian', { exact: false })).toBeTruthy();
    expect(within(detail()).queryByRole('button')).toBeNull();
    expect(screen.getAllByText(HOSTILE).length).toBeGreaterThan(0);
    expect(container.querySelector('img')).toBeNull();
    (await list()).focus();
    await userEvent.keyboard('a');
    expect(screen.queryByRole('dialog')).toBeNull();
  });
});

describe('the detail', () => {
  it('says what was seen as it came, and leads to the other document', async () => {
    findings = [findingOf(1, { kind: 'near_text', detail: `91 % of its runs of words are in document ${OTHER}` })];
    open();
    await list();
    expect(within(detail()).getByText(`91 % of its runs of words are in document ${OTHER}.`)).toBeTruthy();
    const link = within(detail()).getByRole('link', { name: say.detail.other });
    expect(link.getAttribute('href')).toBe(`/library/documents/${OTHER}`);
    expect(within(detail()).getByText(say.kinds.near_text.outcomes.acted)).toBeTruthy();
  });

  it('of an overdue document takes a note and the next day', async () => {
    overdue = [{ document: 'd9', version: 2, corpus: 'starter', title: 'Old', review_by: '2024-03' }];
    const { container } = open('/library/queue?kind=overdue', {
      'POST /v1/library/documents/d9/versions/2/inspection': (body) => {
        sent.push({ path: 'd9', body });
        overdue = [];
        return new Response(null, { status: 204 });
      },
    });
    (await list()).focus();
    expect(within(detail()).getByText(`${say.due('2024-03')}.`)).toBeTruthy();
    await userEvent.keyboard('l');
    const dialog = screen.getByRole('dialog', { name: say.settle.lookedTitle('Old') });
    await userEvent.type(within(dialog).getByRole('textbox', { name: new RegExp(`^${say.settle.note}`) }), 'Still right');
    await userEvent.type(within(dialog).getByLabelText(say.settle.next), '2020-01-01');
    await userEvent.click(within(dialog).getByRole('button', { name: say.settle.lookedAct }));
    expect(within(dialog).getByText(say.settle.past)).toBeTruthy();
    expect(sent).toEqual([]);
    await userEvent.clear(within(dialog).getByLabelText(say.settle.next));
    await userEvent.type(within(dialog).getByLabelText(say.settle.next), '2099-01-01');
    await userEvent.click(within(dialog).getByRole('button', { name: say.settle.lookedAct }));
    expect(await screen.findByText(say.noOverdue)).toBeTruthy();
    expect(sent).toEqual([{ path: 'd9', body: { note: 'Still right', next: '2099-01-01' } }]);
    expect((await axe.run(container)).violations).toEqual([]);
  });
});

it('others than librarians read, and settle nothing', async () => {
  const { container } = open('/library/queue', {}, signedIn('ada', { roles: ['auditor'] }));
  (await list()).focus();
  expect(screen.getByText(say.mayNot)).toBeTruthy();
  await userEvent.keyboard('a');
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(within(detail()).queryByRole('button')).toBeNull();
  const { violations } = await axe.run(container);
  expect(violations.map(({ id }) => id)).toEqual([]);
});

describe('what stands in the address', () => {
  it('is read with care', () => {
    expect(viewOf({ kind: 'constructor', state: 'open', after: '-1' })).toEqual({ kind: null, state: 'open', after: null });
    expect(viewOf({ kind: 'overdue', state: 'settled', after: '4' })).toEqual({ kind: 'overdue', state: 'open', after: null });
    expect(viewOf({ kind: 'same_text', state: 'settled', after: '4' })).toEqual({ kind: 'same_text', state: 'settled', after: 4 });
  });

  it('names a place that is kept when what stood there has gone', () => {
    const items = [{ key: 'a' }, { key: 'b' }];
    expect([null, { key: 'b', at: 0 }, { key: 'x', at: 1 }, { key: 'x', at: 9 }].map((one) => placeOf(items, one))).toEqual([0, 1, 1, 1]);
    expect(placeOf([], { key: 'x', at: 3 })).toBe(0);
  });

  it('is never made of what only looks like the name of a document', () => {
    const detailOf = (detail: string, kind: Finding['kind'] = 'same_work') => otherOf(findingOf(1, { kind, detail }));
    expect(detailOf(`the same work as document ${OTHER}, by its names or title`)).toBe(OTHER);
    expect(detailOf(`document ../../accounts ${OTHER}`)).toBeNull();
    expect(detailOf(`see document ${OTHER}`, 'doubtful_notice')).toBeNull();
  });
});
