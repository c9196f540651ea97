// For everybody: screen readers, large type, small screens, no motion.
import type { Page } from 'playwright-core';
import { describe } from 'vitest';
import { about, apiReference } from '../src/strings/about';
import { answer as words, ask as askWords, conversation, reader as readerWords, shell } from '../src/strings';
import { feedback } from '../src/strings/feedback';
import { patient } from '../src/strings/patient';
import { answered, askAtHome, eventually, expectMarked, field, firstCited, numberOf, open, send, turnOf } from './support/acts';
import { barriers } from './support/barriers';
import { holdQuestions } from './support/fakes';
import { expect, NARROW, test } from './support/test';

// Sources that disagree, statements, passages: as much on one page as an answer can hold.
const HYPERTENSION = 'What blood pressure threshold defines hypertension?';
const NITROFURANTOIN = 'Is nitrofurantoin safe in renal impairment?';

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

/** What stands out to the side: of the page as a whole, or a control or heading that cannot be seen whole. */
const overhang = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const boxes = [document.documentElement, document.body, ...document.querySelectorAll('main, [role=dialog], aside')];
    const wide = boxes.filter((box) => box.scrollWidth > box.clientWidth + 1);
    const fields = 'textarea, input:not([type=checkbox]):not([type=radio]):not([type=file])';
    const out = [...document.querySelectorAll(`button, a, h1, h2, h3, ${fields}`)].filter((element) => {
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
    await page.getByRole('heading', { level: 1, name: cited.evidence.document.title, exact: true }).waitFor();
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
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: askWords.filters.button, exact: true }).click();
    const panel = page.getByRole('dialog', { name: askWords.filters.title });
    await panel.getByRole('button', { name: askWords.filters.issuers.title, exact: true }).click();
    await panel.getByRole('textbox', { name: askWords.filters.issuers.other, exact: true }).waitFor();
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
