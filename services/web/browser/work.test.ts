// A working day: further questions, history, filters, other views of an answer, feedback, the theme.
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe } from 'vitest';
import type { Answer, Differential, FeedbackReceipt, PlainAnswer } from '../src/api/types';
import { answer as words, ask as askWords, conversation, literature, problem as problemWords, shell } from '../src/strings';
import { exporting } from '../src/strings/export';
import { feedback } from '../src/strings/feedback';
import { history } from '../src/strings/history';
import {
  answered, ask, askAtHome, citedIn, eventually, expectMarked, field, get, numberOf, open, questionOf, rail, readerOf, saved,
  type Turn,
} from './support/acts';
import { heading } from './support/desk';
import { problem, refuse } from './support/fakes';
import { expect, test } from './support/test';

const METFORMIN = 'In adults with type 2 diabetes, when should metformin not be started?';
const NITROFURANTOIN = 'Is nitrofurantoin safe in renal impairment?';

async function choose(page: Page, title: string, item: string): Promise<void> {
  await rail(page).getByRole('button', { name: history.options(title), exact: true }).click();
  await page.getByRole('menuitem', { name: item, exact: true }).click();
}

describe('a conversation', () => {
  test('goes on, is listed, renamed, exported and deleted', async ({ page }) => {
    const first = await askAtHome(page, NITROFURANTOIN);
    const sent = questionOf(page);
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
    const file = await saved(page, () => dialog.getByRole('button', { name: exporting.menu.json, exact: true }).click());
    const { answers } = JSON.parse(await readFile(await file.path(), 'utf8')) as { answers: Answer[] };
    expect(answers).toEqual([first.answer, second.answer]);
    await page.keyboard.press('Escape');

    await choose(page, 'Bladder infections', history.remove);
    const confirm = page.getByRole('alertdialog', { name: history.removeTitle });
    await confirm.getByRole('button', { name: history.cancel, exact: true }).click();
    await rail(page).getByRole('link', { name: 'Bladder infections', exact: true }).waitFor();
    await choose(page, 'Bladder infections', history.remove);
    await confirm.getByRole('button', { name: history.removeConfirm, exact: true }).click();
    await rail(page).getByText(history.empty, { exact: true }).waitFor();
    await heading(page, askWords.title).waitFor();
    expect(new URL(page.url()).pathname).toBe('/');
    await field(page).waitFor();
  });

  test('that is left for another is there again', async ({ page }) => {
    const first = await askAtHome(page, NITROFURANTOIN);
    await page.getByRole('button', { name: shell.newQuestion, exact: true }).click();
    await heading(page, askWords.title).waitFor();
    await ask(page, METFORMIN);
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
  const sent = questionOf(page);
  const { answer } = await ask(page, 'Fever, neck stiffness and headache: what could it be?');
  expect((await sent).postDataJSON()).toMatchObject({ filters: { kinds: ['case_literature'] } });
  const found = [...answer.evidence, ...answer.closest].map(({ document }) => document.kind);
  expect(found.length).toBeGreaterThan(0);
  expect(new Set(found)).toEqual(new Set(['case_literature']));
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

  test('on safety asks for what it needs, loses nothing when it fails, and arrives in the end', async ({ page, watch }) => {
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
  const theme = () =>
    page.evaluate(() => {
      const { body, documentElement } = document;
      return [documentElement.dataset['theme'] ?? '', getComputedStyle(body).backgroundColor];
    });
  const [, light] = await theme();
  await page.getByRole('button', { name: shell.theme, exact: true }).click();
  await page.getByRole('menuitem', { name: shell.themes.dark, exact: true }).click();
  await eventually(async () => (await theme())[1] !== light, true);
  const [name, dark] = await theme();
  expect(name).toBe('dark');
  await page.reload({ waitUntil: 'commit' });
  await page.locator('body').waitFor({ state: 'attached' });
  expect((await theme())[0]).toBe('dark');
  // The style sheet may come after the body; until then nothing is seen.
  await eventually(theme, ['dark', dark]);
  await page.getByRole('button', { name: shell.theme, exact: true }).click();
  await page.getByRole('menuitem', { name: shell.themes.light, exact: true }).click();
  await page.reload();
  await field(page).waitFor();
  expect(await theme()).toEqual(['light', light]);
});
