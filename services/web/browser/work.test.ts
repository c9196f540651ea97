// A working day: further questions, history, filters, a patient's context, other views, exports, feedback.
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { Download, Locator, Page } from 'playwright-core';
import { describe } from 'vitest';
import type { Answer, Differential, FeedbackReceipt, PlainAnswer } from '../src/api/types';
import { answer as words, ask as askWords, conversation, literature, problem as problemWords, shell } from '../src/strings';
import { exporting } from '../src/strings/export';
import { feedback } from '../src/strings/feedback';
import { history } from '../src/strings/history';
import { patient } from '../src/strings/patient';
import { answered, ask, askAtHome, citedIn, exactly, expectMarked, field, get, numberOf, open, readerOf, send, type Turn } from './support/acts';
import { problem, refuse } from './support/fakes';
import { expect, test } from './support/test';

const METFORMIN = 'In adults with type 2 diabetes, when should metformin not be started?';
const NITROFURANTOIN = 'Is nitrofurantoin safe in renal impairment?';
const HYPERTENSION = 'What blood pressure threshold defines hypertension?';

const rail = (page: Page): Locator => page.getByRole('navigation', { name: shell.history });

async function choose(page: Page, title: string, item: string): Promise<void> {
  await rail(page).getByRole('button', { name: history.options(title), exact: true }).click();
  await page.getByRole('menuitem', { name: item, exact: true }).click();
}

async function saved(page: Page, press: () => Promise<void>): Promise<{ download: Download; text: string }> {
  const saving = page.waitForEvent('download');
  await press();
  const download = await saving;
  return { download, text: await readFile(await download.path(), 'utf8') };
}

const quotesOf = (turns: readonly Turn[]): string[] =>
  turns.flatMap(({ answer }) => citedIn(answer).map(({ citation }) => citation.quote));

describe('a conversation', () => {
  test('goes on, is listed, renamed, exported and deleted', async ({ page }) => {
    const first = await askAtHome(page, NITROFURANTOIN);
    const sent = page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/v1/answers'));
    const second = await ask(page, METFORMIN);
    const id = new URL(page.url()).pathname.split('/').at(-1);
    expect((await sent).postDataJSON()).toMatchObject({ question: METFORMIN, conversation: id });
    expect(await page.getByRole('article').count()).toBe(2);

    await rail(page).getByRole('link', { name: NITROFURANTOIN, exact: true }).waitFor();
    await choose(page, NITROFURANTOIN, history.rename);
    await page.getByRole('textbox', { name: history.name }).fill('Bladder infections');
    await page.getByRole('button', { name: history.save, exact: true }).click();
    await rail(page).getByRole('link', { name: 'Bladder infections', exact: true }).waitFor();
    await page.getByRole('heading', { level: 1, name: 'Bladder infections', exact: true }).waitFor();

    await choose(page, 'Bladder infections', history.exportAll);
    const dialog = page.getByRole('dialog', { name: history.exportTitle });
    const { text } = await saved(page, () => dialog.getByRole('button', { name: exporting.menu.json, exact: true }).click());
    expect((JSON.parse(text) as { answers: Answer[] }).answers).toEqual([first.answer, second.answer]);
    await page.keyboard.press('Escape');

    await choose(page, 'Bladder infections', history.remove);
    const confirm = page.getByRole('alertdialog', { name: history.removeTitle });
    await confirm.getByRole('button', { name: history.cancel, exact: true }).click();
    await rail(page).getByRole('link', { name: 'Bladder infections', exact: true }).waitFor();
    await choose(page, 'Bladder infections', history.remove);
    await confirm.getByRole('button', { name: history.removeConfirm, exact: true }).click();
    await rail(page).getByText(history.empty, { exact: true }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/');
    await field(page).waitFor();
  });

  test('that is left for another is there again', async ({ page }) => {
    const first = await askAtHome(page, NITROFURANTOIN);
    await page.getByRole('button', { name: shell.newQuestion, exact: true }).click();
    await ask(page, HYPERTENSION);
    expect(await page.getByRole('article').count()).toBe(1);
    await rail(page).getByRole('link', { name: NITROFURANTOIN, exact: true }).click();
    const again = await answered(page, NITROFURANTOIN);
    expect(again.answer.id).toBe(first.answer.id);
    for (const cited of citedIn(again.answer)) {
      await expectMarked(await open(page, again.article, cited), cited.citation.quote);
    }
  });

  test('is nobody else’s', async ({ page, visitor, watch }) => {
    watch.expects(/status of 404/);
    await askAtHome(page, NITROFURANTOIN);
    const other = await visitor();
    await other.goto(page.url());
    await other.getByRole('alert').filter({ hasText: conversation.loadFailed }).waitFor();
    await rail(other).getByText(history.empty, { exact: true }).waitFor();
    expect(await other.getByText(NITROFURANTOIN).count()).toBe(0);
  });
});

test('filters restrict what is searched', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('button', { name: askWords.filters.button, exact: true }).click();
  const panel = page.getByRole('dialog', { name: askWords.filters.title });
  await panel.getByText(literature.kinds.case_literature, { exact: true }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: askWords.filters.some(1), exact: true }).waitFor();
  const sent = page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/v1/answers'));
  const { answer } = await ask(page, 'Fever, neck stiffness and headache: what could it be?');
  expect((await sent).postDataJSON()).toMatchObject({ filters: { corpora: [], kinds: ['case_literature'] } });
  const found = [...answer.evidence, ...answer.closest].map(({ document }) => document.kind);
  expect(found.length).toBeGreaterThan(0);
  expect(new Set(found)).toEqual(new Set(['case_literature']));
});

describe('a patient’s context', () => {
  const SECRET = 'Quillfeather syndrome';
  const bundle = {
    resourceType: 'Bundle',
    entry: [
      { resource: { resourceType: 'Patient', name: [{ family: 'Zanzibarov' }], gender: 'female', birthDate: '1962-03-01' } },
      { resource: { resourceType: 'Condition', code: { text: SECRET } } },
      {
        resource: {
          ...{ resourceType: 'Observation', status: 'final', code: { coding: [{ system: 'http://loinc.org', code: '33914-3' }] } },
          valueQuantity: { value: 28, code: 'mL/min/{1.73_m2}' },
        },
      },
    ],
  };

  const fill: Record<string, (page: Page, dialog: Locator) => Promise<void>> = {
    typed: async (_, dialog) => {
      await dialog.getByRole('textbox', { name: patient.fields.age, exact: true }).fill('64');
      await dialog.getByText(patient.fields.sexes.female, { exact: true }).click();
      await dialog.getByRole('textbox', { name: patient.fields.egfr }).fill('28');
      await dialog.getByRole('textbox', { name: patient.fields.conditions }).fill(SECRET);
    },
    'from a FHIR file': async (page, dialog) => {
      const choosing = page.waitForEvent('filechooser');
      await dialog.getByRole('button', { name: patient.file.choose, exact: true }).click();
      const file = { name: 'Zanzibarov.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(bundle)) };
      await (await choosing).setFiles(file);
      await dialog.getByText(patient.file.read, { exact: true }).waitFor();
    },
  };

  test.for(Object.keys(fill))('%s goes with the question and nowhere else', async (way, { page }) => {
    const requests: string[] = [];
    page.on('request', (request) => requests.push(`${request.method()} ${request.url()} ${request.postData() ?? ''}`));
    await page.goto('/');
    await page.getByRole('button', { name: patient.button.empty, exact: true }).click();
    const dialog = page.getByRole('dialog', { name: patient.title });
    for (const point of patient.privacy.points) await dialog.getByText(point, { exact: true }).waitFor();
    await fill[way]?.(page, dialog);
    await dialog.getByRole('button', { name: patient.actions.use, exact: true }).click();
    await page.getByRole('button', { name: /eGFR 28/ }).waitFor();
    const turn = await ask(page, NITROFURANTOIN);
    const next = await ask(page, METFORMIN);

    const withSecret = requests.filter((request) => request.includes(SECRET));
    expect(withSecret).toHaveLength(2);
    for (const request of withSecret) {
      expect(request).toMatch(/^POST \S+\/v1\/answers /);
      const { patient: sent } = JSON.parse(request.slice(request.indexOf('{'))) as { patient: unknown };
      expect(sent).toMatchObject({ sex: 'female', egfr: 28, conditions: [SECRET], medicines: [], weight_kg: null });
    }
    expect(requests.filter((request) => request.includes('Zanzibarov') || request.includes('1962'))).toEqual([]);

    const kept = await page.evaluate(async () => {
      const bases = await indexedDB.databases();
      return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, bases, await caches.keys(), window.history.state]);
    });
    const records = await Promise.all([turn, next].map(({ answer }) => get(page, `/v1/answers/${answer.id}`)));
    const whole = await page.evaluate((path) => fetch(path).then((response) => response.text()), `/v1${new URL(page.url()).pathname.replace('/c/', '/conversations/')}`);
    for (const place of [page.url(), kept, JSON.stringify(records), whole]) {
      for (const secret of [SECRET, encodeURIComponent(SECRET), '"egfr":28', 'Zanzibarov']) expect(place).not.toContain(secret);
    }

    await page.reload();
    await answered(page, METFORMIN);
    await page.getByRole('button', { name: patient.button.empty, exact: true }).waitFor();
    expect(await page.locator('body').textContent()).not.toContain(SECRET);
  });

  test('can be cleared, and is then not sent', async ({ page }) => {
    await page.goto('/');
    await page.getByRole('button', { name: patient.button.empty, exact: true }).click();
    const dialog = page.getByRole('dialog', { name: patient.title });
    await fill['typed']?.(page, dialog);
    await dialog.getByRole('button', { name: patient.actions.use, exact: true }).click();
    await page.getByRole('button', { name: patient.button.clear, exact: true }).click();
    const sent = page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/v1/answers'));
    await send(page, NITROFURANTOIN);
    expect((await sent).postData()).not.toContain(SECRET);
    await answered(page, NITROFURANTOIN);
  });
});

describe('another view of an answer', () => {
  test('in plain words keeps every quote', async ({ page }) => {
    const turn = await askAtHome(page, METFORMIN);
    await turn.article.getByRole('tab', { name: words.views.plain, exact: true }).click();
    const panel = turn.article.getByRole('tabpanel', { name: words.views.plain, exact: true });
    const plain = await get<PlainAnswer>(page, `/v1/answers/${turn.answer.id}/plain`);
    for (const statement of plain.statements) await panel.getByText(statement.text, { exact: true }).waitFor();
    for (const cited of citedIn(turn.answer)) {
      await numberOf(panel, cited).click();
      await expectMarked(readerOf(page), cited.citation.quote);
    }
  });

  test('as a differential shows what speaks for each condition, at its place', async ({ page }) => {
    const turn = await askAtHome(page, 'Fever, neck stiffness and headache: what could it be?');
    await turn.article.getByRole('tab', { name: words.views.differential, exact: true }).click();
    const panel = turn.article.getByRole('tabpanel', { name: words.views.differential, exact: true });
    const { conditions, findings } = await get<Differential>(page, `/v1/answers/${turn.answer.id}/differential`);
    expect(conditions.length).toBeGreaterThan(0);
    await panel.getByText(findings.join(', '), { exact: false }).waitFor();
    for (const { condition, document, for: lines } of conditions) {
      await panel.getByRole('heading', { name: condition, exact: true }).first().waitFor();
      for (const line of lines.slice(0, 1)) {
        const name = `${words.openPassage}: ${line.finding}, ${document.title}`;
        await panel.getByRole('button', { name, exact: true }).first().click();
        await expectMarked(readerOf(page), line.quote);
      }
    }
  });
});

describe('what is taken out of the pages', () => {
  const byMenu = (page: Page, turn: Turn, item: string) => async () => {
    await turn.article.getByRole('button', { name: exporting.menu.label, exact: true }).click();
    await page.getByRole('menuitem', { name: item, exact: true }).click();
  };

  const expectReferences = (text: string, turn: Turn) => {
    for (const { citation, evidence } of citedIn(turn.answer)) {
      for (const part of [`[${citation.n}] ${evidence.document.title}`, citation.quote, evidence.document.issuer, evidence.document.id]) {
        expect(text).toContain(part);
      }
    }
    for (const part of [turn.answer.id, turn.question, exporting.disclosure]) expect(text).toContain(part);
  };

  test('has its references: the clipboard', async ({ visitor }) => {
    const page = await visitor({ permissions: ['clipboard-read', 'clipboard-write'] });
    const turn = await askAtHome(page, METFORMIN);
    await byMenu(page, turn, exporting.menu.copy)();
    await page.getByRole('status').filter({ hasText: exporting.menu.copied }).waitFor();
    expectReferences(await page.evaluate(() => navigator.clipboard.readText()), turn);
    // One statement alone has its own.
    const [statement] = turn.answer.statements;
    await turn.article.getByRole('button', { name: words.actions(1), exact: true }).click();
    await page.getByRole('menuitem', { name: words.copyStatement, exact: true }).click();
    await page.getByRole('status').filter({ hasText: exactly(words.copied) }).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    for (const citation of statement?.citations ?? []) expect(copied).toContain(citation.quote);
    expect(copied).toContain(turn.answer.id);
  });

  test('has its references: Markdown and JSON', async ({ page }) => {
    const turn = await askAtHome(page, METFORMIN);
    const markdown = await saved(page, byMenu(page, turn, exporting.menu.markdown));
    expectReferences(markdown.text.replaceAll('**', '').replaceAll('\\', '').replaceAll('\n> ', '\n'), turn);
    expect(markdown.download.suggestedFilename()).toMatch(/^osler-\d{4}-\d\d-\d\d-[\w-]+\.md$/);
    const json = await saved(page, byMenu(page, turn, exporting.menu.json));
    expect((JSON.parse(json.text) as { answers: Answer[] }).answers).toEqual([turn.answer]);
  });

  test('has its references: paper', async ({ page }) => {
    await page.addInitScript(() => {
      window.print = () => undefined;
      // A sheet stands in the page only while it is being printed.
      new MutationObserver((changes) => {
        for (const node of changes.flatMap((change) => [...change.addedNodes])) {
          if (!(node instanceof HTMLElement) || !('printSheet' in node.dataset)) continue;
          document.documentElement.dataset['printed'] = node.textContent;
        }
      }).observe(document, { childList: true, subtree: true });
    });
    const first = await askAtHome(page, METFORMIN);
    const second = await ask(page, NITROFURANTOIN);
    // The browser's own command prints the whole conversation.
    await page.pdf();
    const whole = (await page.locator('html').getAttribute('data-printed')) ?? '';
    for (const turn of [first, second]) for (const quote of quotesOf([turn])) expect(whole).toContain(quote);

    await byMenu(page, first, exporting.menu.print)();
    await page.emulateMedia({ media: 'print' });
    const sheet = page.locator('[data-print-sheet]');
    await sheet.waitFor();
    expect(await page.getByRole('article').count()).toBe(1);
    expectReferences((await sheet.textContent()) ?? '', first);
    const pdf = await page.pdf();
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    const text = textOf(pdf);
    if (text !== null) for (const quote of quotesOf([first])) expect(text).toContain(quote.replaceAll(/\s+/g, ''));
  });
});

/** The words of a PDF without spaces, where the machine has the tool for it. */
function textOf(pdf: Buffer): string | null {
  try {
    return execFileSync('pdftotext', ['-raw', '-', '-'], { input: pdf, encoding: 'utf8' }).replaceAll(/\s+/g, '');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

describe('feedback', () => {
  const openDialog = async (page: Page, turn: Turn, item: string, title: string) => {
    await turn.article.getByRole('button', { name: words.actions(1), exact: true }).click();
    await page.getByRole('menuitem', { name: item, exact: true }).click();
    return page.getByRole('dialog', { name: title });
  };

  test('reaches the server', async ({ page }) => {
    const turn = await askAtHome(page, NITROFURANTOIN);
    const dialog = await openDialog(page, turn, words.feedback, feedback.titles.feedback);
    await dialog.getByText(feedback.kinds.helpful, { exact: true }).click();
    await dialog.getByRole('textbox', { name: feedback.comment.feedback }).fill('Clear.');
    const sending = page.waitForResponse((response) => response.url().endsWith(`/v1/answers/${turn.answer.id}/feedback`));
    await dialog.getByRole('button', { name: feedback.send.feedback, exact: true }).click();
    const response = await sending;
    expect(response.status()).toBe(201);
    expect(response.request().postDataJSON()).toMatchObject({ statement: 1, kind: 'helpful', comment: 'Clear.' });
    await dialog.getByText(((await response.json()) as FeedbackReceipt).id, { exact: true }).waitFor();
  });

  test('on safety asks for what it needs, keeps what was written when it fails, and arrives in the end', async ({ page, watch }) => {
    watch.expects(/status of 503/);
    const turn = await askAtHome(page, NITROFURANTOIN);
    const dialog = await openDialog(page, turn, words.safety, feedback.titles.safety);
    const sendIt = dialog.getByRole('button', { name: feedback.send.safety, exact: true });
    await sendIt.click();
    for (const error of [feedback.errors.category, feedback.errors.severity, feedback.errors.comment]) {
      await dialog.getByText(error, { exact: true }).waitFor();
    }
    await dialog.getByText(feedback.categories.wrong_dose, { exact: true }).click();
    await dialog.getByText(new RegExp(`^${feedback.severities.near_miss.label}`)).click();
    const comment = dialog.getByRole('textbox', { name: feedback.comment.safety });
    await comment.fill('The dose is that of an adult.');

    const refusal = problem(503, 'the disk is full');
    await page.route('**/feedback', (route) => refuse(route, refusal));
    await sendIt.click();
    const alert = dialog.getByRole('alert').filter({ hasText: feedback.failed });
    await alert.getByText('The disk is full.').waitFor();
    await alert.getByText(`${problemWords.requestId} ${refusal.request_id}`).waitFor();
    expect(await comment.inputValue()).toBe('The dose is that of an adult.');
    await page.unrouteAll();
    // Not even leaving the dialog loses it.
    await page.keyboard.press('Escape');
    await openDialog(page, turn, words.safety, feedback.titles.safety);
    expect(await comment.inputValue()).toBe('The dose is that of an adult.');
    const sending = page.waitForResponse((response) => response.url().endsWith('/feedback'));
    await sendIt.click();
    expect((await sending).status()).toBe(201);
    await dialog.getByText(feedback.thanks.safety, { exact: true }).waitFor();
  });
});

test('the theme is remembered, and set before anything is seen', async ({ page }) => {
  await page.goto('/');
  const theme = () => page.evaluate(() => [document.documentElement.dataset['theme'] ?? '', getComputedStyle(document.body).backgroundColor]);
  const [, light] = await theme();
  await page.getByRole('button', { name: shell.theme, exact: true }).click();
  await page.getByRole('menuitem', { name: shell.themes.dark, exact: true }).click();
  const [name, dark] = await theme();
  expect(name).toBe('dark');
  expect(dark).not.toBe(light);
  await page.reload({ waitUntil: 'commit' });
  await page.locator('body').waitFor({ state: 'attached' });
  expect(await theme()).toEqual(['dark', dark]);
  await page.getByRole('button', { name: shell.theme, exact: true }).click();
  await page.getByRole('menuitem', { name: shell.themes.light, exact: true }).click();
  await page.reload();
  await field(page).waitFor();
  expect(await theme()).toEqual(['light', light]);
});
