// Nothing leaves the pages without its references: clipboard, files, paper.
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { describe } from 'vitest';
import type { Answer } from '../src/api/types';
import { answer as words } from '../src/strings';
import { exporting } from '../src/strings/export';
import { ask, askAtHome, citedIn, exactly, exportAs, saved, type Turn } from './support/acts';
import { expect, test } from './support/test';

const METFORMIN = 'In adults with type 2 diabetes, when should metformin not be started?';
const NITROFURANTOIN = 'Is nitrofurantoin safe in renal impairment?';

describe('what is taken out of the pages', () => {
  const quotesOf = (turns: readonly Turn[]): string[] =>
    turns.flatMap(({ answer }) => citedIn(answer).map(({ citation }) => citation.quote));

  const expectReferences = (text: string, turn: Turn) => {
    for (const { citation, evidence } of citedIn(turn.answer)) {
      const { title, issuer, id } = evidence.document;
      for (const part of [`[${citation.n}] ${title}`, citation.quote, issuer, id]) expect(text).toContain(part);
    }
    for (const part of [turn.answer.id, turn.question, exporting.disclosure]) expect(text).toContain(part);
  };

  test('has its references: the clipboard', async ({ visitor }) => {
    const page = await visitor({ permissions: ['clipboard-read', 'clipboard-write'] });
    const turn = await askAtHome(page, METFORMIN);
    await exportAs(page, turn, exporting.menu.copy);
    await page.getByRole('status').filter({ hasText: exporting.menu.copied }).waitFor();
    expectReferences(await page.evaluate(() => navigator.clipboard.readText()), turn);
    // One statement alone has its own.
    const [statement] = turn.answer.statements;
    await turn.article.getByRole('button', { name: words.actions(1), exact: true }).click();
    // It is said for a moment only.
    await Promise.all([
      page.getByRole('status').filter({ hasText: exactly(words.copied) }).waitFor(),
      page.getByRole('menuitem', { name: words.copyStatement, exact: true }).click(),
    ]);
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    for (const citation of statement?.citations ?? []) expect(copied).toContain(citation.quote);
    expect(copied).toContain(turn.answer.id);
  });

  test('has its references: Markdown and JSON', async ({ page }) => {
    const turn = await askAtHome(page, METFORMIN);
    const markdown = await saved(page, () => exportAs(page, turn, exporting.menu.markdown));
    const text = await readFile(await markdown.path(), 'utf8');
    expectReferences(text.replaceAll('**', '').replaceAll('\\', '').replaceAll('\n> ', '\n'), turn);
    expect(markdown.suggestedFilename()).toMatch(/^osler-\d{4}-\d\d-\d\d-[\w-]+\.md$/);
    const json = await saved(page, () => exportAs(page, turn, exporting.menu.json));
    expect((JSON.parse(await readFile(await json.path(), 'utf8')) as { answers: Answer[] }).answers).toEqual([turn.answer]);
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
    for (const quote of quotesOf([first, second])) expect(whole).toContain(quote);

    await exportAs(page, first, exporting.menu.print);
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
