// The librarian's desk at the real server: taking in, finding again, looking at, and going through what wants an eye.
import { afterAll, beforeAll, describe } from 'vitest';
import { documentRecord as record, documents } from '../src/strings/documents';
import { ingest } from '../src/strings/ingest';
import { library } from '../src/strings/library';
import { pages } from '../src/strings/pages';
import { queue } from '../src/strings/queue';
import { shell } from '../src/strings/shell';
import { BROKEN, copyOf, DIFFICILE, DIFFICILE_LATER, guideline, LONG, QUINSY, VERTIGO } from './guidelines';
import { vectors } from './payloads';
import { views } from '../src/library/document/state';
import type { LibraryDocuments } from '../src/library/types';
import { eventually, get, hasFocus, settled } from './support/acts';
import { as, button, choose, heading, link, ownServer, STARTER, takeIn } from './support/desk';
import { problem, refuse } from './support/fakes';
import { intruders } from './support/hostile';
import { LIBRARIAN, type Server } from './support/server';
import { expect, test } from './support/test';

let server: Server;
beforeAll(async () => {
  server = await ownServer();
});
afterAll(() => server.stop());

const here = () => ({ origin: server.origin });

const vector = (begins: string): string => vectors.find((one) => one.startsWith(begins)) ?? '';
const [image, anchor] = [vector('<img src=x'), vector('<a href="javascript:')];

/** As Markdown has to be written, so that it is text. */
const escaped = (text: string) => text.replaceAll(/[<>[\]()!`*_{}]/g, '\\$&');

describe('a librarian', { concurrent: false }, () => {
  test('sees the library and nothing of audit or accounts', async ({ visitor }) => {
    const page = await as(visitor, LIBRARIAN, '/', here());
    await link(page, shell.library).click();
    await heading(page, STARTER).waitFor();
    for (const other of [shell.audit, shell.accounts]) expect(await link(page, other).count()).toBe(0);
    expect(await page.getByRole('navigation', { name: library.area }).getByRole('link').allTextContents()).toEqual(
      Object.values(library.areas),
    );
  });

  test('takes files in, sees how far it is, and why one is not taken', async ({ visitor }) => {
    const page = await as(visitor, LIBRARIAN, '/library/ingest', here());
    await choose(page, STARTER, [DIFFICILE, VERTIGO, BROKEN, LONG]);
    await page.getByText(/^4 files, together/).waitFor();
    const bar = page.getByRole('progressbar', { name: ingest.live.progress });
    // It is in work for a moment only.
    await Promise.all([heading(page, ingest.states.working).waitFor(), bar.waitFor(), button(page, ingest.send).click()]);
    await heading(page, ingest.states.done).waitFor();
    await page.getByText(ingest.live.over.done(3), { exact: true }).first().waitFor();
    const report = page.getByRole('region', { name: ingest.report.title });
    const rejected = report.getByRole('list', { name: ingest.report.rejected }).getByRole('listitem');
    await rejected.first().waitFor();
    expect(await rejected.count()).toBe(1);
    expect(await rejected.textContent()).toContain(BROKEN.file);
    // What is in the address is there again.
    await page.reload();
    await report.getByText(BROKEN.file).waitFor();
    await button(report, `${ingest.report.taken} (3)`).click();
    await link(report, VERTIGO.file).click();
    await page.getByRole('heading', { level: 1, name: VERTIGO.title }).waitFor();
  });

  test('finds a document by filter and sees text and original side by side, passages and history', async ({ visitor }) => {
    const page = await as(visitor, LIBRARIAN, '/library/documents', here());
    await page.getByText(/^\d+ documents\.$/).waitFor();
    await page.getByRole('searchbox', { name: documents.filters.q }).fill('difficile infection');
    await page.keyboard.press('Enter');
    await page.getByText(documents.total(1, true), { exact: true }).waitFor();
    expect(new URL(page.url()).searchParams.get('q')).toBe('difficile infection');
    await link(page, DIFFICILE.title).click();
    await page.getByRole('heading', { level: 1, name: DIFFICILE.title }).waitFor();
    await page.getByText('first-line treatment', { exact: false }).first().waitFor();
    const original = page.getByRole('region', { name: record.original.label });
    await original.getByText('id = "clostridioides-difficile-adults"').waitFor();
    await page.getByRole('tab', { name: record.views.passages }).click();
    const passages = page.getByRole('table', { name: record.passages.label(1) });
    await passages.waitFor();
    expect(await passages.getByRole('row').count()).toBeGreaterThan(2);
    // Staged and not published.
    expect(await passages.getByRole('cell', { name: record.passages.yes, exact: true }).count()).toBe(0);
    await page.getByRole('tab', { name: record.views.history }).click();
    await page.getByText(record.history.none, { exact: true }).waitFor();
    await page.getByRole('tab', { name: record.views.answers }).click();
    await page.getByText(record.cited.none, { exact: true }).waitFor();
  });

  test('sees what a new version changes, word by word', async ({ visitor }) => {
    const page = await as(visitor, LIBRARIAN, '/library/ingest', here());
    await takeIn(page, STARTER, [DIFFICILE_LATER]);
    await page.goto('/library/documents?q=difficile');
    await link(page, DIFFICILE.title).click();
    await page.getByRole('tab', { name: record.views.differences }).click();
    await page.getByText(record.differences.between(1, 2)).waitFor();
    const inserted = page.getByRole('list', { name: record.differences.list }).locator('ins');
    await inserted.first().waitFor();
    expect((await inserted.allTextContents()).join(' ')).toContain('in severe disease too');
    expect((await inserted.allTextContents()).join(' ')).toContain('Contact precautions');
  });

  test('goes through what is held twice by the keyboard alone, and what is settled is gone', async ({ visitor }) => {
    const page = await as(visitor, LIBRARIAN, '/library/ingest', here());
    const near = copyOf(DIFFICILE_LATER, 'another-name', (text) => text.replaceAll(DIFFICILE.title, 'Enteric infection after antibiotics'));
    const same = copyOf(VERTIGO, 'vertigo-again', (text) => text);
    const report = await takeIn(page, STARTER, [near, same]);
    const reviews = report.getByRole('list', { name: ingest.report.reviews });
    for (const kind of [ingest.kinds.near_text, ingest.kinds.same_text]) await link(reviews, kind).first().waitFor();
    await page.goto('/library/queue');
    const list = page.getByRole('listbox');
    await list.waitFor();
    const titles = () => list.getByRole('option').allTextContents();
    const before = await titles();
    expect(before.length).toBeGreaterThan(1);
    // By the keyboard to the list, however many stops there are before it.
    for (let stops = 0; stops < 40 && !(await list.evaluate((it) => it === document.activeElement)); stops += 1) {
      await page.keyboard.press('Tab');
    }
    const settle = async (key: string, note: string) => {
      await eventually(() => hasFocus(list), true);
      await page.keyboard.press(key);
      await eventually(() => hasFocus(page.getByRole('dialog').getByRole('textbox')), true);
      await page.keyboard.type(note);
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    };
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    const [first = ''] = before;
    await settle('d', '');
    await page.getByText(new RegExp(`^${queue.outcomes.dismissed.done}: `)).waitFor();
    await eventually(async () => (await titles()).length, before.length - 1);
    expect(await titles()).not.toContain(first);
    for (let left = before.length - 1; left > 0; left -= 1) {
      await settle('a', 'Both are wanted.');
      if (left > 1) await eventually(async () => (await titles()).length, left - 1);
    }
    await page.getByText(queue.empty.open, { exact: true }).waitFor();
    await link(page, queue.states.settled).click();
    await eventually(async () => (await titles()).length, before.length);
  });

  test('sees hostile titles, headings and file names as text, wherever they stand', async ({ visitor }) => {
    // Without the policy of the pages, which is the second line of defence.
    const page = await as(visitor, LIBRARIAN, '/library/ingest', { ...here(), bypassCSP: true });
    const hostile = (version: number, dose: string) =>
      guideline({
        id: 'hostile',
        title: `${image} Zorbitis`,
        published: `2025-01-0${version}`,
        body: `## ${image} Dose\n\nThe dose of zorbimab in zorbitis is ${dose} mg. ${escaped(image)}\n\n${escaped(anchor)}\n`,
      });
    const name = (file: string) => `${image.replaceAll('/', ':')}${file}`;
    await takeIn(page, STARTER, [
      { ...hostile(1, '5'), file: name('one.md') },
      { file: name('bad.pdf'), text: image },
    ]);
    // Browsers write quotation marks in file names otherwise.
    await page.getByText(/^<img src=x onerror=.*bad\.pdf$/).first().waitFor();
    expect(await intruders(page)).toEqual([]);
    const near = copyOf(hostile(1, '5'), 'hostile-again', (text) => text);
    await takeIn(page, STARTER, [{ ...hostile(2, '50'), file: name('one.md') }, { ...near, file: name('two.md') }]);
    await page.goto('/library/documents?q=zorbitis');
    await page.getByText(documents.total(2, true), { exact: true }).waitFor();
    await page.getByRole('link', { name: `${image} Zorbitis` }).first().waitFor();
    expect(await intruders(page)).toEqual([]);
    const { documents: rows } = await get<LibraryDocuments>(page, '/v1/library/documents?q=zorbitis');
    const two = rows.find(({ versions }) => versions === 2);
    for (const view of views) {
      await page.goto(`/library/documents/${two?.document ?? ''}?view=${view}`);
      await page.getByRole('heading', { level: 1, name: `${image} Zorbitis` }).waitFor();
      await settled(page);
      expect([view, await intruders(page)]).toEqual([view, []]);
    }
    for (const address of ['/library/queue', '/library/changes', '/library/ingest']) {
      await page.goto(address);
      await settled(page);
      expect([address, await intruders(page)]).toEqual([address, []]);
    }
    await page.goto('/library/queue');
    await page.getByRole('listbox').getByText(`${image} Zorbitis`).first().waitFor();
  });

  test('holds a page of a PDF against the text that was read from it, page by page and passage by passage', async ({ visitor, watch }) => {
    watch.expects(/status of 422/);
    const page = await as(visitor, LIBRARIAN, '/library/ingest', here());
    const report = await takeIn(page, STARTER, [QUINSY]);
    await button(report, `${ingest.report.taken} (1)`).click();
    await link(report, QUINSY.file).click();
    await page.getByRole('heading', { level: 1, name: QUINSY.title }).waitFor();
    const text = (number: number) => page.getByRole('region', { name: pages.text(number), exact: true });
    const picture = page.getByRole('region', { name: pages.picture, exact: true });
    const shows = (number: number) =>
      eventually(
        () => picture.getByRole('img', { name: pages.alt(number), exact: true }).evaluate((it: HTMLImageElement) => it.naturalWidth > 500),
        true,
      );
    await text(1).getByText('muffled voice').waitFor();
    await shows(1);
    expect(await text(1).getByText('Benzylpenicillin').count()).toBe(0);
    // By the keyboard to its end, and over it.
    await picture.focus();
    for (let presses = 0; presses < 40 && (await text(2).count()) === 0; presses += 1) {
      await page.keyboard.press('PageDown');
      // It scrolls smoothly: the next press counts from where it is then.
      await page.waitForTimeout(100);
    }
    await text(2).getByText('Benzylpenicillin').waitFor();
    await shows(2);
    expect(new URL(page.url()).searchParams.get('page')).toBe('2');
    await page.getByRole('combobox', { name: pages.zoom }).selectOption('double');
    await eventually(() => picture.evaluate((it) => it.scrollWidth > it.clientWidth), true);
    await button(page, pages.previous).click();
    await text(1).getByRole('button', { name: /^Passage 1,/ }).click();
    await text(1).locator('mark').first().waitFor();
    // What is in the address is there again.
    await page.reload();
    await text(1).locator('mark').first().waitFor();
    expect(new URL(page.url()).searchParams.get('passage')).toMatch(/^[\da-f]{32}$/);
    await page.route('**/original/pages/*', (route) => refuse(route, problem(422, 'the file is damaged')));
    await button(page, pages.next).click();
    await picture.getByRole('alert').getByText('The file is damaged.').waitFor();
    await page.unroute('**/original/pages/*');
    await button(picture, library.retry).click();
    await shows(2);
  });
});
