// For everybody: screen readers, the keyboard alone, large type, small screens, no motion.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Locator, Page } from 'playwright-core';
import { describe } from 'vitest';
import { about, apiReference } from '../src/strings/about';
import { answer as words, ask as askWords, conversation, reader as readerWords, shell } from '../src/strings';
import { exporting } from '../src/strings/export';
import { feedback } from '../src/strings/feedback';
import { patient } from '../src/strings/patient';
import {
  answered, askAtHome, eventually, expectMarked, field, firstCited, hasFocus, numberOf, open, rail, readerOf, saved, send, turnOf,
} from './support/acts';
import { holdQuestions } from './support/fakes';
import { expect, NARROW, test } from './support/test';

// Sources that disagree, statements, passages: as much on one page as an answer can hold.
const HYPERTENSION = 'What blood pressure threshold defines hypertension?';
const NITROFURANTOIN = 'Is nitrofurantoin safe in renal impairment?';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What a checker finds wrong that keeps people out. */
async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe: checker } = window as unknown as { axe: { run: (root: Document, options: RunOptions) => Promise<AxeResults> } };
    const { violations } = await checker.run(document, { resultTypes: ['violations'] });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`));
  });
}

describe.for(['light', 'dark'] as const)('a checker finds no barriers in %s on', (colorScheme) => {
  test('the first screen, the pages about it and a missing page', async ({ visitor, watch }) => {
    watch.expects(/status of 404/);
    const page = await visitor({ colorScheme, bypassCSP: true });
    await page.goto('/');
    await field(page).waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.goto('/about');
    await page.getByRole('heading', { name: about.headings.figures, exact: true }).waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.goto('/about/api');
    await page.getByRole('heading', { name: apiReference.schemas, exact: true }).waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.goto('/nowhere');
    await page.getByRole('heading', { name: shell.notFound }).waitFor();
    expect(await barriers(page)).toEqual([]);
  });

  test('an answer, its document, its dialogs', async ({ visitor }) => {
    const page = await visitor({ colorScheme, bypassCSP: true });
    const turn = await askAtHome(page, HYPERTENSION);
    expect(await barriers(page)).toEqual([]);
    const cited = firstCited(turn);
    await numberOf(turn.article, cited).hover();
    await page.getByRole('tooltip').waitFor();
    expect(await barriers(page)).toEqual([]);
    await expectMarked(await open(page, turn.article, cited), cited.citation.quote);
    expect(await barriers(page)).toEqual([]);

    await page.getByRole('button', { name: patient.button.empty, exact: true }).click();
    await page.getByRole('dialog', { name: patient.title }).waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: askWords.filters.button, exact: true }).click();
    await page.getByRole('dialog', { name: askWords.filters.title }).waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await turn.article.getByRole('button', { name: words.actions(1), exact: true }).click();
    await page.getByRole('menuitem', { name: words.safety, exact: true }).click();
    const dialog = page.getByRole('dialog', { name: feedback.titles.safety });
    await dialog.getByRole('button', { name: feedback.send.safety, exact: true }).click();
    await dialog.getByText(feedback.errors.severity, { exact: true }).waitFor();
    expect(await barriers(page)).toEqual([]);
  });

  test('a telephone: history and document over the page', async ({ visitor }) => {
    const page = await visitor({ colorScheme, bypassCSP: true, viewport: NARROW });
    const turn = await askAtHome(page, NITROFURANTOIN);
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: shell.openHistory, exact: true }).click();
    await page.getByRole('dialog', { name: shell.history }).getByRole('link', { name: NITROFURANTOIN }).waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await open(page, turn.article, firstCited(turn));
    expect(await barriers(page)).toEqual([]);
  });
});

/** Goes there with the Tab key alone. */
async function tabTo(page: Page, place: Locator, key = 'Tab'): Promise<void> {
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
    await page.getByRole('menu').waitFor();
    await page.keyboard.press('End');
    const file = await saved(page, () => page.keyboard.press('Enter'));
    expect(file.suggestedFilename()).toMatch(/\.json$/);

    await tabTo(page, rail(page).getByRole('link', { name: NITROFURANTOIN }), 'Shift+Tab');
    await tabTo(page, page.getByRole('button', { name: shell.theme, exact: true }), 'Shift+Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('menu').waitFor();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
  });

  test('skips what stands before the conversation', async ({ page }) => {
    await page.goto('/');
    await field(page).waitFor();
    await page.keyboard.press('Tab');
    expect(await hasFocus(page.getByRole('link', { name: shell.skip }))).toBe(true);
    await page.keyboard.press('Enter');
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
    await page.keyboard.press('Escape');
    await readerOf(page).waitFor({ state: 'detached' });
    await eventually(() => hasFocus(number), true);
    const button = page.getByRole('button', { name: shell.openHistory, exact: true });
    await button.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: shell.history }).waitFor();
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

/** What stands out to the side: of the page as a whole, or a control or heading that cannot be seen whole. */
const overhang = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const boxes = [document.documentElement, document.body, ...document.querySelectorAll('main, [role=dialog], aside')];
    const wide = boxes.filter((box) => box.scrollWidth > box.clientWidth + 1);
    const out = [...document.querySelectorAll('button, a, h1, h2, h3, textarea, input:not([type=checkbox]):not([type=radio]):not([type=file])')].filter((element) => {
      const { left, right, width } = element.getBoundingClientRect();
      const isShown = element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && width > 1;
      // What scrolls sideways in a box of its own is within reach.
      const scroller = element.closest('pre, table, [data-scrolls]');
      return isShown && !scroller && right > 0 && (right > innerWidth + 1 || left < -1);
    });
    return [...wide, ...out].map((element) => element.outerHTML.slice(0, 160));
  });

const screens = {
  '200 % zoom': { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 },
  '360 px': { viewport: { width: 360, height: 740 } },
};

describe.for(Object.entries(screens))('at %s', ([, screen]) => {
  test('nothing stands out to the side', async ({ visitor, watch }) => {
    watch.expects(/status of 404/);
    const page = await visitor(screen);
    await page.goto('/');
    await field(page).waitFor();
    expect(await overhang(page)).toEqual([]);
    await send(page, HYPERTENSION);
    const turn = await answered(page, HYPERTENSION);
    expect(await overhang(page)).toEqual([]);
    const cited = firstCited(turn);
    const reader = await open(page, turn.article, cited);
    await expectMarked(reader, cited.citation.quote);
    expect(await overhang(page)).toEqual([]);
    await reader.getByRole('link', { name: readerWords.ownPage }).click();
    await page.waitForURL('**/documents/**');
    await page.locator('mark').first().waitFor();
    expect(await overhang(page)).toEqual([]);
    await page.goto('/about');
    await page.getByRole('heading', { name: about.headings.figures, exact: true }).waitFor();
    expect(await overhang(page)).toEqual([]);
    await page.goto('/about/api');
    await page.getByRole('heading', { name: apiReference.schemas, exact: true }).waitFor();
    expect(await overhang(page)).toEqual([]);
    await page.goto('/nowhere');
    await page.getByRole('heading', { name: shell.notFound }).waitFor();
    expect(await overhang(page)).toEqual([]);
    await page.goto('/');
    await page.getByRole('button', { name: patient.button.empty, exact: true }).click();
    await page.getByRole('dialog', { name: patient.title }).waitFor();
    expect(await overhang(page)).toEqual([]);
  });
});

test('nothing moves for those who want no motion', async ({ visitor }) => {
  const moving = (page: Page) =>
    page.evaluate(() =>
      document
        .getAnimations()
        .filter(({ effect, playState }) => playState === 'running' && Number(effect?.getComputedTiming().duration ?? 0) > 20)
        .map((animation) => (animation as CSSAnimation).animationName),
    );
  for (const reducedMotion of ['no-preference', 'reduce'] as const) {
    const page = await visitor({ reducedMotion });
    await page.goto('/');
    const { release } = await holdQuestions(page);
    await send(page, NITROFURANTOIN);
    await turnOf(page, NITROFURANTOIN).getByRole('button', { name: conversation.stop, exact: true }).waitFor();
    if (reducedMotion === 'reduce') expect(await moving(page)).toEqual([]);
    else await eventually(async () => (await moving(page)).length > 0, true);
    release();
    await answered(page, NITROFURANTOIN);
  }
});
