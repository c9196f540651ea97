// A PDF page by page, with its text beside it, against a server in memory.
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { DocumentView } from '../../api/types';
import { documentRecord as record } from '../../strings/documents';
import { library } from '../../strings/library';
import { pages as say } from '../../strings/pages';
import { openPages } from '../../testing/pages';
import { documentRef, documentView } from '../../testing/sample';
import { fakeServer, json, refusal, type Replies, signedIn } from '../../testing/session';
import type { LibraryPassage } from '../types';
import { recordOf, versionOf } from './sample';

const { id } = documentRef;
const lines = ['Zorbitis <b>', 'Zorbimab is given.', 'It is given for 5 days,', 'and for 7 in children.', 'Ask.'];
const text = lines.join('\n');
const blocks: DocumentView['blocks'] = lines.map((line, at) => {
  const start = text.indexOf(line);
  const kind = at === 0 ? 'heading' : 'paragraph';
  return { kind, start, end: start + line.length, section: [], page: [1, 1, 2, 3, 3][at] ?? null };
});
const passage = (name: string, from: number, to: number, page: number): LibraryPassage => ({
  id: name, start: blocks[from]?.start ?? 0, end: blocks[to]?.end ?? 0, section: [], page, is_in_force: name !== 'p-3',
});
/** The second goes on over the page. */
const passages = [passage('p-1', 0, 1, 1), passage('p-2', 2, 3, 2), passage('p-3', 4, 4, 3)];
const picture = (page: number) => `/v1/library/documents/${id}/original/pages/${page}?version=2`;

const open = (search = '', more: Replies = {}, pages: number | null = 3) => {
  const server = fakeServer(signedIn('ada', { roles: ['librarian'] }), {
    [`GET /v1/library/documents/${id}`]: () =>
      json(recordOf({ versions: [versionOf({ original: { bytes: 5_000_000, is_text: false, pages } })] })),
    [`GET /v1/documents/${id}`]: () => json({ ...documentView, text, blocks }),
    [`GET /v1/library/documents/${id}/passages`]: () => json({ passages }),
    ...more,
  });
  return { server, ...openPages(`/library/documents/${id}${search}`) };
};

const image = () => screen.getByRole('img');
const onPage = async (page: number) => screen.findByRole('region', { name: say.text(page) });
const button = (name: string) => screen.getByRole('button', { name });
const press = (name: string) => userEvent.click(button(name));
const marked = (place: HTMLElement) =>
  [...place.querySelectorAll('mark')].map((one) => [...one.childNodes].find(({ nodeType }) => nodeType === Node.TEXT_NODE)?.textContent);

beforeEach(() => {
  sessionStorage.clear();
  vi.spyOn(globalThis, 'scrollTo').mockImplementation(() => undefined);
});

describe('a page', () => {
  it('is shown as it came, beside the text that was read from it', async () => {
    const { container } = open();
    const shown = await onPage(1);
    expect(within(shown).getByRole('heading', { name: lines[0] ?? '' })).toBeTruthy();
    expect(within(shown).getByText(lines[1] ?? '')).toBeTruthy();
    expect(shown.textContent).not.toContain(lines[2]);
    expect(image().getAttribute('src')).toBe(picture(1));
    expect(image().getAttribute('alt')).toBe('Page 1 of the file as it came');
    expect(image().getAttribute('loading')).toBe('lazy');
    expect(screen.getByRole('link', { name: record.original.save('5\u00a0MB') })).toBeTruthy();
    expect(screen.queryByText(record.original.binary, { exact: false })).toBeNull();
    expect(screen.queryByText(say.keepersAlone)).toBeNull();
    const { violations } = await axe.run(container);
    expect(violations.map(({ id: name }) => name)).toEqual([]);
  });

  it('is turned by buttons and by its number, and stands in the address', async () => {
    const { pages } = open('?version=2');
    await onPage(1);
    expect(button(say.previous)).toHaveProperty('disabled', true);
    await press(say.next);
    await onPage(2);
    expect(image().getAttribute('src')).toBe(picture(2));
    expect(pages.state.location.href).toBe(`/library/documents/${id}?version=2&page=2`);
    expect(screen.getByText(say.at(2, 3))).toBeTruthy();
    const number = screen.getByRole<HTMLInputElement>('textbox', { name: say.page });
    expect(number.value).toBe('2');
    await userEvent.clear(number);
    await userEvent.type(number, '4{Enter}');
    expect(screen.getByRole('alert').textContent).toBe(say.noSuchPage(3));
    await userEvent.clear(number);
    await userEvent.type(number, '3{Enter}');
    await onPage(3);
    // The button that would turn further is shut: the focus is in what is looked at.
    expect(document.activeElement).toBe(screen.getByRole('region', { name: say.picture }));
    expect(number.value).toBe('3');
    await press(say.previous);
    await onPage(2);
    expect(number.value).toBe('2');
  });

  it('is turned by the keys where the picture ends', async () => {
    open('?page=2');
    await onPage(2);
    const region = screen.getByRole('region', { name: say.picture });
    region.focus();
    await userEvent.keyboard('{PageDown}');
    await onPage(3);
    expect(document.activeElement).toBe(region);
    await userEvent.keyboard('{PageDown}');
    await userEvent.keyboard('{PageUp}');
    await onPage(2);
    // There is more of it below: the key scrolls.
    Object.defineProperty(region, 'scrollHeight', { value: 900 });
    await userEvent.keyboard('{PageDown}');
    expect(image().getAttribute('src')).toBe(picture(2));
  });

  it('that is not there is said to be so', async () => {
    open('?page=9');
    await onPage(3);
    expect(screen.getByText(say.missing('9', 3))).toBeTruthy();
  });

  it('without any text says so', async () => {
    open('', { [`GET /v1/documents/${id}`]: () => json({ ...documentView, text: 'Later.', blocks: [{ kind: 'paragraph', start: 0, end: 6, section: [], page: 2 }] }) });
    expect(within(await onPage(1)).getByText(say.noText)).toBeTruthy();
  });
});

describe('the picture', () => {
  const load = (width: number) => {
    Object.defineProperty(image(), 'naturalWidth', { value: width });
    fireEvent.load(image());
  };

  it('keeps its place until it is there, and is shown in three sizes', async () => {
    open();
    await onPage(1);
    const sheet = () => image().parentElement;
    expect(sheet()?.getAttribute('aria-busy')).toBe('true');
    load(910);
    expect(sheet()?.hasAttribute('aria-busy')).toBe(false);
    const zoom = screen.getByRole('combobox', { name: say.zoom });
    const widths: string[] = [];
    for (const one of ['natural', 'double', 'fit'] as const) {
      await userEvent.selectOptions(zoom, one);
      widths.push(sheet()?.style.width ?? '');
    }
    expect(widths).toEqual(['910px', '1820px', '']);
  });

  it('that does not come says why, in the words of the server, and can be asked for again', async () => {
    const reason = () => refusal(422, 'unreadable_original', 'the file is damaged: no page tree');
    const { server } = open('', { [`GET /v1/library/documents/${id}/original/pages/1`]: reason });
    await onPage(1);
    fireEvent.error(image());
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain(say.failed(1));
    expect(alert.textContent).toContain('The file is damaged: no page tree.');
    await userEvent.click(within(alert).getByRole('button', { name: library.retry }));
    expect(image().getAttribute('src')).toBe(picture(1));
    fireEvent.error(image());
    await screen.findByRole('alert');
    expect(server.asked.filter((one) => one.endsWith('/pages/1'))).toHaveLength(2);
    await press(say.next);
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('that came and is none is not called good', async () => {
    open('', { [`GET /v1/library/documents/${id}/original/pages/1`]: () => new Response('no picture') });
    await onPage(1);
    fireEvent.error(image());
    expect((await screen.findByRole('alert')).textContent).toContain(say.broken);
  });
});

describe('a passage', () => {
  const name = (n: number) => say.passages.name(n, n !== 3);

  it('that is chosen is marked, stands in the address, and is let go again', async () => {
    const { pages } = open();
    const shown = await onPage(1);
    expect(marked(shown)).toEqual([]);
    await press(name(1));
    expect(marked(shown)).toEqual([lines[0], lines[1]]);
    expect(button(name(1)).getAttribute('aria-pressed')).toBe('true');
    expect(pages.state.location.href).toBe(`/library/documents/${id}?page=1&passage=p-1`);
    await press(name(1));
    expect(marked(shown)).toEqual([]);
    expect(pages.state.location.href).toBe(`/library/documents/${id}?page=1`);
  });

  it('opens its page, and is marked where it goes on over it', async () => {
    open('?passage=p-2');
    expect(marked(await onPage(2))).toEqual([lines[2]]);
    await press(say.next);
    const third = await onPage(3);
    expect(marked(third)).toEqual([lines[3]]);
    expect(within(third).getByText(say.passages.goesOn, { exact: false })).toBeTruthy();
    // The other that begins here.
    await press(name(3));
    expect(marked(third)).toEqual([lines[4]]);
    await press(name(2));
    const second = await onPage(2);
    expect(marked(second)).toEqual([lines[2]]);
    expect(document.activeElement).toBe(second);
  });

  it('follows another over the pages', async () => {
    open();
    await onPage(1);
    await press(say.passages.next);
    expect(marked(await onPage(1))).toEqual([lines[0], lines[1]]);
    await press(say.passages.next);
    expect(marked(await onPage(2))).toEqual([lines[2]]);
    await press(say.passages.next);
    expect(marked(await onPage(3))).toEqual([lines[4]]);
    await press(say.passages.next);
    await press(say.passages.previous);
    expect(marked(await onPage(2))).toEqual([lines[2]]);
  });

  it('is led to from the list of passages', async () => {
    const { pages } = open('?view=passages');
    const table = await screen.findByRole('table', { name: record.passages.label(2) });
    const links = within(table).getAllByRole('link').filter((one) => one.textContent?.startsWith(say.passages.onPage));
    expect(links).toHaveLength(3);
    await userEvent.click(links[1] as HTMLElement);
    expect(marked(await onPage(2))).toEqual([lines[2]]);
    await waitFor(() => expect(pages.state.location.search).toMatchObject({ view: 'text', page: '2', passage: 'p-2' }));
  });
});

it('pictures are shown where the licence does not let the text be displayed, and it is said to whom', async () => {
  const { server } = open('', { [`GET /v1/documents/${id}`]: () => refusal(403, 'not_displayable', 'the licence does not allow it') });
  expect(await screen.findByText(record.notDisplayable)).toBeTruthy();
  expect(screen.getByText(say.keepersAlone)).toBeTruthy();
  expect(image().getAttribute('src')).toBe(picture(1));
  expect(server.asked.filter((one) => one === `GET /v1/documents/${id}`)).toHaveLength(1);
});

it('a file without pages is saved, as before', async () => {
  open('', {}, null);
  expect(await screen.findByText(record.original.binary, { exact: false })).toBeTruthy();
  expect(screen.queryByRole('img')).toBeNull();
});
