// With the keyboard alone: everything can be reached, and where one is can always be seen.
import type { Locator, Page } from 'playwright-core';
import { describe } from 'vitest';
import { ask as askWords, conversation, reader as readerWords, shell } from '../src/strings';
import { exporting } from '../src/strings/export';
import {
  answered, askAtHome, eventually, expectMarked, field, firstCited, hasFocus, numberOf, open, rail, readerOf, saved, turnOf,
} from './support/acts';
import { holdQuestions } from './support/fakes';
import { expect, NARROW, test } from './support/test';

const HYPERTENSION = 'What blood pressure threshold defines hypertension?';
const NITROFURANTOIN = 'Is nitrofurantoin safe in renal impairment?';

/** The last item of the menu that was opened. */
async function chooseLast(page: Page): Promise<void> {
  await eventually(() => hasFocus(page.getByRole('menu')), true);
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
}

/** Goes there with the Tab key alone. */
async function tabTo(page: Page, place: Locator, key = 'Tab'): Promise<void> {
  await place.first().waitFor();
  for (let stops = 0; stops < 80; stops++) {
    if ((await place.count()) > 0 && (await place.first().evaluate((element) => element === document.activeElement))) return;
    await page.keyboard.press(key);
  }
  throw new Error(`80 times Tab do not lead to ${place.toString()}`);
}

describe('the keyboard alone', () => {
  test('asks, reads the quote in its document, comes back to the number, and takes the answer along', async ({ page }) => {
    await page.goto('/');
    await tabTo(page, field(page));
    await page.keyboard.type(NITROFURANTOIN);
    await page.keyboard.press('Enter');
    const turn = await answered(page, NITROFURANTOIN);
    const cited = firstCited(turn);
    const number = numberOf(turn.article, cited);
    await tabTo(page, number);
    await page.keyboard.press('Enter');
    const reader = readerOf(page);
    await expectMarked(reader, cited.citation.quote);
    await eventually(() => hasFocus(reader), true);
    await tabTo(page, reader.getByRole('button', { name: readerWords.toQuote, exact: true }));
    await page.keyboard.press('Enter');
    await eventually(() => hasFocus(reader.locator('mark').first()), true);
    await page.keyboard.press('Escape');
    await reader.waitFor({ state: 'detached' });
    expect(await hasFocus(number)).toBe(true);

    await tabTo(page, turn.article.getByRole('button', { name: exporting.menu.label, exact: true }));
    await page.keyboard.press('Enter');
    const file = await saved(page, () => chooseLast(page));
    expect(file.suggestedFilename()).toMatch(/\.json$/);

    await tabTo(page, rail(page).getByRole('link', { name: NITROFURANTOIN }), 'Shift+Tab');
    await tabTo(page, page.getByRole('button', { name: shell.theme, exact: true }), 'Shift+Tab');
    await page.keyboard.press('Enter');
    await chooseLast(page);
    await eventually(() => page.evaluate(() => document.documentElement.dataset['theme']), 'dark');
  });

  test('is nowhere lost when a question is sent, stopped or asked again', async ({ page }) => {
    const { release } = await holdQuestions(page);
    const lost = () => page.evaluate(() => document.activeElement === null || document.activeElement === document.body);
    const isKept = (when: string) => eventually(async () => [when, await lost()], [when, false]);
    const press = async (button: Locator) => {
      await tabTo(page, button);
      await page.keyboard.press('Enter');
    };
    const turn = turnOf(page, NITROFURANTOIN);
    await page.goto('/');
    await field(page).fill(NITROFURANTOIN);
    await field(page).focus();
    await press(page.getByRole('button', { name: askWords.send, exact: true }));
    const stop = turn.getByRole('button', { name: conversation.stop, exact: true });
    // The first question moves to the page of its conversation.
    await page.waitForURL('**/c/*');
    await stop.waitFor();
    await isKept('after the first question');
    await press(stop);
    const again = turn.getByRole('button', { name: conversation.again, exact: true });
    await again.waitFor();
    await isKept('after Stop');
    await press(again);
    await stop.waitFor();
    await isKept('after asking again');
    release();
    await answered(page, NITROFURANTOIN);
    await field(page).fill(HYPERTENSION);
    await field(page).focus();
    await press(page.getByRole('button', { name: askWords.send, exact: true }));
    await answered(page, HYPERTENSION);
    await isKept('after a further question');
  });

  test('skips what stands before the conversation', async ({ page }) => {
    await page.goto('/');
    await field(page).waitFor();
    await page.keyboard.press('Tab');
    expect(await hasFocus(page.getByRole('link', { name: shell.skip }))).toBe(true);
    await page.keyboard.press('Enter');
    await eventually(() => hasFocus(page.getByRole('main')), true);
    await page.keyboard.press('Tab');
    expect(await hasFocus(page.getByRole('main'))).toBe(true);
    expect(await hasFocus(field(page))).toBe(true);
  });

  test('on a telephone comes back from the document to the number, and from history to its button', async ({ visitor }) => {
    const page = await visitor({ viewport: NARROW });
    const turn = await askAtHome(page, NITROFURANTOIN);
    const number = numberOf(turn.article, firstCited(turn));
    await number.focus();
    await page.keyboard.press('Enter');
    await readerOf(page).locator('mark').first().waitFor();
    await eventually(() => hasFocus(readerOf(page)), true);
    await page.keyboard.press('Escape');
    await readerOf(page).waitFor({ state: 'detached' });
    await eventually(() => hasFocus(number), true);
    const button = page.getByRole('button', { name: shell.openHistory, exact: true });
    await button.focus();
    await page.keyboard.press('Enter');
    await eventually(() => hasFocus(page.getByRole('dialog', { name: shell.history })), true);
    await page.keyboard.press('Escape');
    await eventually(() => hasFocus(button), true);
  });

  test('always shows where it is', async ({ page }) => {
    const turn = await askAtHome(page, NITROFURANTOIN);
    await open(page, turn.article, firstCited(turn));
    const unseen: string[] = [];
    for (let stops = 0; stops < 60; stops++) {
      await page.keyboard.press('Tab');
      unseen.push(
        ...(await page.evaluate(() => {
          const element = document.activeElement;
          if (!element || element === document.body) return [];
          // The mark may be drawn around the box that the field is in.
          const around = [element, element.parentElement, element.parentElement?.parentElement].filter((one) => one != null);
          const isSeen = around.some((one) => {
            const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
            return (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1) || boxShadow !== 'none';
          });
          return isSeen ? [] : [element.outerHTML.slice(0, 160)];
        })),
      );
    }
    expect([...new Set(unseen)]).toEqual([]);
  });
});
