// Texts of documents, models and servers are hostile: a thousand attempts, none of which may be more than text.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, describe, inject } from 'vitest';
import type { Answer, DocumentView } from '../src/api/types';
import { answer as words, conversation, reader } from '../src/strings';
import { exporting } from '../src/strings/export';
import { history } from '../src/strings/history';
import { payloads } from './payloads';
import { askAtHome, citedIn, eventually, expectMarked, open, readerOf, send } from './support/acts';
import { onQuestion, problem, refuse } from './support/fakes';
import { hostile, intruders, notShown, serveHostile } from './support/hostile';
import { osler, serve } from './support/server';
import { expect, test } from './support/test';

const BATCH = 100;
const batches = Array.from({ length: payloads.length / BATCH }, (_, at) => payloads.slice(at * BATCH, (at + 1) * BATCH));
/** Some of every vector, in changing contexts and encodings. */
const sample = payloads.filter((_, at) => at % 19 === 0);

let real: Answer;
let document: DocumentView;

beforeAll(async () => {
  const asked = await fetch(`${inject('origin')}/v1/answers`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ question: 'Is nitrofurantoin safe in renal impairment?' }),
  });
  real = (await asked.json()) as Answer;
  const { id = '', version = 1 } = real.evidence[0]?.document ?? {};
  const read = await fetch(`${inject('origin')}/v1/documents/${id}?version=${version}`);
  document = (await read.json()) as DocumentView;
});

test('there are a thousand of them, all different', () => {
  expect(payloads).toHaveLength(1000);
  expect(new Set(payloads).size).toBe(1000);
});

test('would be seen if one got through', async ({ visitor, watch }) => {
  watch.expects(/./);
  const page = await visitor({ bypassCSP: true });
  await page.goto('/');
  const markup = payloads.filter((payload) => payload.startsWith('<') && !payload.includes('\\u00'));
  for (const payload of markup.filter((_, at) => at % 7 === 0)) {
    const probe = `<div id="probe">${payload}</div>`;
    await page.evaluate((html) => window.document.body.insertAdjacentHTML('beforeend', html), probe);
    expect(await intruders(page), payload).not.toEqual([]);
    await page.evaluate(() => window.document.querySelectorAll('#probe, #probe ~ *').forEach((probe) => probe.remove()));
  }
});

describe('stay text wherever the server may send them', () => {
  // Without the policy of the pages: it is the second line of defence, and must not be what saves them.
  const goTo = async (page: Page, batch: readonly string[]) => {
    const made = hostile(real, document, batch);
    await serveHostile(page, made);
    await page.goto(`/c/${made.conversation.id}`);
    await page.getByRole('article').nth(made.conversation.answers.length - 1).waitFor();
    // By its place: its name is all of the payloads.
    return { article: page.getByRole('article').first(), number: page.getByRole('button', { name: /^Quote 1:/ }) };
  };

  test.for(batches.map((batch, at) => [at, batch] as const))('batch %i', async ([, batch], { visitor }) => {
    const page = await visitor({ bypassCSP: true });
    const { number } = await goTo(page, batch);
    expect(await notShown(page, batch, 'article')).toEqual([]);
    await eventually(() => notShown(page, batch, 'nav'), []);
    await number.click();
    await readerOf(page).locator('mark').first().waitFor();
    expect(await notShown(page, batch, 'aside')).toEqual([]);
    expect(await intruders(page)).toEqual([]);
  });

  test('in the other views, in hints and in dialogs', async ({ visitor }) => {
    const page = await visitor({ bypassCSP: true });
    const { article, number } = await goTo(page, sample);
    for (const view of [words.views.plain, words.views.differential]) {
      await article.getByRole('tab', { name: view, exact: true }).click();
      const panel = article.getByRole('tabpanel', { name: view, exact: true });
      await panel.locator('li').first().waitFor();
      expect(await notShown(page, sample.slice(0, 10), '[role=tabpanel]')).toEqual([]);
      expect(await intruders(page)).toEqual([]);
    }
    await article.getByRole('tab', { name: words.views.answer, exact: true }).click();
    await number.hover();
    await page.getByRole('tooltip').filter({ hasText: sample[0] ?? '' }).waitFor();
    expect(await intruders(page)).toEqual([]);
    await page.mouse.move(0, 0);
    for (const [item, dialog] of [[history.rename, history.renameTitle], [history.remove, history.removeTitle]] as const) {
      await page.getByRole('navigation').getByRole('button').nth(1).click();
      await page.getByRole('menuitem', { name: item, exact: true }).click();
      const shown = page.getByRole('dialog').or(page.getByRole('alertdialog')).filter({ hasText: dialog });
      await shown.waitFor();
      expect(await intruders(page)).toEqual([]);
      await shown.getByRole('button', { name: history.cancel, exact: true }).click();
    }
  });

  test('in a file and in its name', async ({ visitor }) => {
    const page = await visitor({ bypassCSP: true });
    await goTo(page, sample);
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: exporting.menu.label, exact: true }).first().click();
    await page.getByRole('menuitem', { name: exporting.menu.markdown, exact: true }).click();
    const saved = await saving;
    expect(saved.suggestedFilename()).toMatch(/^osler-\d{4}-\d\d-\d\d(-[\p{L}\p{N}\p{M}]+)*\.md$/u);
    const markdown = await readFile(await saved.path(), 'utf8');
    // Neither markup nor a link that is not to the web.
    expect(markdown.match(/(?<![\\(])<[a-z!/?][^\n]{0,40}/gi) ?? []).toEqual([]);
    expect(markdown.match(/(?<!\\)\]\((?!<https?:)[^\n]{0,40}/g) ?? []).toEqual([]);
    expect(await intruders(page)).toEqual([]);
  });

  test('in what the server says of a refusal', async ({ visitor, watch }) => {
    watch.expects(/status of 422/);
    const page = await visitor({ bypassCSP: true });
    await page.goto('/');
    const detail = payloads.join('  ');
    const refusal = { ...problem(422, detail), request_id: payloads[0] ?? '', title: detail };
    await onQuestion(page, (route) => refuse(route, refusal));
    await send(page, payloads[2] ?? '');
    await page.getByRole('alert').filter({ hasText: conversation.failed }).waitFor();
    expect(await intruders(page)).toEqual([]);
    expect(await page.getByRole('alert').textContent()).toContain(detail.slice(1));
  });

  test('in an address', async ({ visitor, watch }) => {
    watch.expects(/status of 40[04]/);
    const page = await visitor({ bypassCSP: true });
    for (const payload of payloads.filter((_, at) => at % 125 === 0)) {
      const text = encodeURIComponent(payload);
      await page.goto(`/c/x?doc=${text}&v=${text}&s=${text}&e=${text}&cite=${text}`);
      await page.getByText(conversation.loadFailed, { exact: true }).waitFor();
      expect(await intruders(page)).toEqual([]);
      await page.goto(`/documents/x?version=${text}&start=${text}&end=${text}&cite=${text}#${text}`);
      await page.getByText(reader.failed, { exact: true }).waitFor();
      expect(await intruders(page)).toEqual([]);
    }
  });
});

const manifest = `
id = "hostile"
title = "<img src=x onerror=alert(1)> corpus"
issuer = "<script>alert(2)</script> Institute"
kind = "guideline"
licence = "Apache-2.0"
rights = { index = true, display = true, export = true }
jurisdiction = "international"
language = "en"
`;

/** Titles, headings and sentences of documents that somebody has got into the library. */
const files: Readonly<Record<string, string>> = {
  'one.md': `+++
id = "one"
version = 1
title = "Allopurinol <img src=x onerror=alert(3)> in adults"
issuer = "\\"><svg onload=alert(4)>"
kind = "guideline"
published = "2025-01-01"
jurisdiction = "<b>international</b>"
grade = "<iframe srcdoc='<script>alert(5)</script>'>"
url = "javascript:alert(6)"
+++

# Allopurinol <img src=x onerror=alert(3)> in adults

## Dose of allopurinol <script>alert(7)</script>

The starting dose of allopurinol in adults with gout is 100 mg once daily.

The dose of allopurinol in adults with gout is 20 mg once daily \\<img src=x onerror=alert(8)\\> with food.

Allopurinol is not given with \`<script>alert(9)</script>\` or [warfarin](javascript:alert(10)) in adults.
`,
  'two.txt': `+++
id = "two"
version = 1
title = "Allopurinol </title><script>alert(11)</script> safety"
issuer = "Institute"
kind = "guideline"
published = "2025-01-01"
+++

SAFETY OF ALLOPURINOL

Allopurinol in adults with renal impairment <script>alert(12)</script> is avoided below an eGFR of 30.

Allopurinol is safe in adults with asthma "><img src=x onerror=alert(13)> at 20 mg once daily.
`,
};

test('stay text from the files of a corpus to the marked quote', async ({ visitor, onTestFinished }) => {
  const place = await mkdtemp(join(tmpdir(), 'osler-hostile-'));
  onTestFinished(() => rm(place, { recursive: true, force: true }));
  const [data, corpus] = [join(place, 'data'), join(place, 'corpus')];
  await mkdir(corpus);
  for (const [name, text] of Object.entries(files)) await writeFile(join(corpus, name), text);
  await writeFile(join(place, 'manifest.toml'), manifest);
  await osler(['ingest', '--data', data, '--corpus', 'hostile', '--manifest', join(place, 'manifest.toml'), corpus]);
  const server = await serve(data);
  onTestFinished(server.stop);

  const page = await visitor({ origin: server.origin });
  let seen = '';
  for (const question of ['What is the dose of allopurinol in adults with gout?', 'Is allopurinol safe in renal impairment?']) {
    const { article, answer } = await askAtHome(page, question);
    seen += JSON.stringify(answer);
    expect(citedIn(answer).length).toBeGreaterThan(0);
    for (const cited of citedIn(answer)) {
      await expectMarked(await open(page, article, cited), cited.citation.quote);
      expect(await intruders(page)).toEqual([]);
    }
  }
  // They did come through: what was tested is the page, not the ingest.
  const through = ['onerror=alert(3)', 'onload=alert(4)', 'javascript:alert(6)', '<script>alert(9)'];
  for (const text of through) expect(seen).toContain(text);
});
