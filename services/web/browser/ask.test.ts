// From the first screen to the marked words: what is said beforehand, how an answer comes, and what it rests on.
import type { Locator } from 'playwright-core';
import { describe } from 'vitest';
import type { Evidence } from '../src/api/types';
import { answer as words, ask as askWords, conversation, literature, reader as readerWords } from '../src/strings';
import {
  answered, ask, askAtHome, citedIn, documentAt, eventually, evidenceOf, expectMarked, factsIn, field, firstCited, hasFocus, markedIn,
  numberOf, open, questionOf, readerOf, send, turnOf,
} from './support/acts';
import { holdEnds, holdQuestions } from './support/fakes';
import { expect, NARROW, test } from './support/test';

const [METFORMIN = ''] = askWords.examples;
const CHILD = 'Paracetamol dose in a child?';

const isInView = (element: Locator): Promise<boolean> =>
  element.evaluate((shown) => {
    const box = shown.getBoundingClientRect();
    const isOver = (inner: DOMRect, outer: { top: number; bottom: number }) =>
      inner.height > 0 && inner.top >= outer.top && inner.bottom <= outer.bottom;
    if (!isOver(box, { top: 0, bottom: innerHeight })) return false;
    for (let around = shown.parentElement; around; around = around.parentElement) {
      const scrolls = /auto|scroll/.test(getComputedStyle(around).overflowY);
      if (scrolls && !isOver(box, around.getBoundingClientRect())) return false;
    }
    return true;
  });

describe('the first screen', () => {
  test('says what this is before anything is asked', async ({ page }) => {
    await page.goto('/');
    const disclosure = page.getByRole('region', { name: askWords.disclosureTitle });
    for (const point of askWords.disclosure) await disclosure.getByText(point, { exact: true }).waitFor();
    expect(await isInView(disclosure)).toBe(true);
    await field(page).waitFor();
    for (const example of askWords.examples) await page.getByRole('button', { name: example, exact: true }).waitFor();
    await page.getByRole('link', { name: askWords.more }).waitFor();
  });

  test('on a telephone begins to say it above the fold', async ({ visitor }) => {
    const page = await visitor({ viewport: NARROW });
    await page.goto('/');
    expect(await isInView(page.getByRole('heading', { name: askWords.disclosureTitle }))).toBe(true);
  });
});

describe('an answer', () => {
  test('shows that it is being made, can be stopped, and is announced', async ({ page }) => {
    await page.goto('/');
    const { release } = await holdQuestions(page);
    await page.getByRole('button', { name: METFORMIN, exact: true }).click();
    const turn = turnOf(page, METFORMIN);
    await turn.getByRole('button', { name: conversation.stop, exact: true }).waitFor();
    const stages = [conversation.sending, ...Object.values(conversation.stages)].join('|');
    await page.getByRole('status').filter({ hasText: new RegExp(stages) }).waitFor({ state: 'attached' });
    release();
    const { answer } = await answered(page, METFORMIN);
    const ready = conversation.announce.ready(answer.statements.length, false);
    await page.getByRole('status').filter({ hasText: ready }).waitFor({ state: 'attached' });
    expect(new URL(page.url()).pathname).toMatch(/^\/c\/[\w-]+$/);
  });

  test('gives every statement its words, who says them, a verdict in words and its numbers', async ({ page }) => {
    const { article, answer } = await askAtHome(page, METFORMIN);
    const items = article.getByRole('list', { name: words.statements }).locator('> li');
    expect(await items.count()).toBe(answer.statements.length);
    for (const [at, statement] of answer.statements.entries()) {
      const item = items.nth(at);
      await item.getByText(statement.text, { exact: true }).waitFor();
      await item.getByText(statement.said_by, { exact: true }).waitFor();
      await item.getByRole('button', { name: literature.verdicts[statement.verdict].word, exact: true }).waitFor();
      for (const citation of statement.citations) {
        const evidence = evidenceOf(answer, citation.evidence);
        await numberOf(item, { citation, evidence }).waitFor();
      }
    }
  });

  test('says why no model wrote it, and from what it was made', async ({ page }) => {
    const { article, answer } = await askAtHome(page, METFORMIN);
    expect(answer.status).toBe('extractive');
    await article.getByText(words.statuses.extractive.title, { exact: true }).waitFor();
    await article.getByText(answer.reason?.slice(1) ?? '', { exact: false }).waitFor();
    const facts = await factsIn(article);
    expect(facts[words.foot.model]).toBe(words.foot.noModel);
    expect(facts[words.foot.mode]).toBe(words.foot.modes[answer.mode]);
    expect(facts[words.foot.snapshot]).toBe(String(answer.snapshot));
    expect(facts[words.foot.id]).toBe(answer.id);
  });

  test('says what the question left open, with ways to the passages that depend on it', async ({ page }) => {
    const { article, answer } = await askAtHome(page, CHILD);
    expect(answer.unknowns.length).toBeGreaterThan(0);
    const block = article.getByRole('region', { name: words.unknownsTitle });
    const facts = await factsIn(block);
    for (const { factor, text } of answer.unknowns) {
      expect(facts[literature.factors[factor]]?.toLowerCase()).toContain(text.toLowerCase());
    }
    const [first] = answer.unknowns.flatMap((unknown) => unknown.evidence);
    const evidence = evidenceOf(answer, first ?? '');
    const name = `${words.openPassage} ${evidence.id}: ${evidence.document.title}`;
    await block.getByRole('button', { name, exact: true }).first().click();
    await expectMarked(readerOf(page), evidence.text);
  });

  test('lists the passages that it rests on', async ({ page }) => {
    const { article, answer } = await askAtHome(page, METFORMIN);
    await article.getByRole('button', { name: words.evidenceTitle(answer.evidence.length), exact: true }).click();
    for (const evidence of answer.evidence) await article.getByText(evidence.text, { exact: true }).waitFor();
  });
});

describe('filters', () => {
  const { filters } = askWords;
  const dayOf = ({ document }: Evidence) => document.published ?? '';

  test('narrow what an answer rests on, are said with it, and are taken away again', async ({ page }) => {
    await page.goto('/');
    await page.getByRole('button', { name: filters.button, exact: true }).click();
    const panel = page.getByRole('dialog', { name: filters.title, exact: true });
    // What the library holds on metformin is older.
    await panel.getByRole('textbox', { name: filters.years.from, exact: true }).fill('2026');
    await panel.getByText(filters.wholeTexts, { exact: true }).click();
    await eventually(() => panel.getByRole('switch', { name: filters.wholeTexts, exact: true }).isChecked(), true);
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });

    const sending = questionOf(page);
    await send(page, METFORMIN);
    const sent: unknown = (await sending).postDataJSON();
    expect(sent).toMatchObject({ filters: { from_year: 2026, full_text_only: true } });
    const { article, answer } = await answered(page, METFORMIN);
    const found = [...answer.evidence, ...answer.closest];
    expect(found.filter((one) => dayOf(one) < '2026' || one.document.access !== 'full_text')).toEqual([]);
    await article.getByText(filters.only([filters.said.from_year('2026'), filters.said.full_text_only('')]), { exact: true }).waitFor();

    await page.getByRole('button', { name: filters.some(2), exact: true }).click();
    await panel.getByRole('button', { name: filters.clear, exact: true }).click();
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    const all = await ask(page, 'When should metformin not be started in type 2 diabetes?');
    expect(all.answer.evidence.some((one) => dayOf(one) < '2026')).toBe(true);
  });
});

describe('an answer that is still coming in', () => {
  test('shows each statement as it comes; a quote opened then stays open, and stands after a reload', async ({ page }) => {
    const { finish } = await holdEnds(page);
    await page.goto('/');
    await send(page, METFORMIN);
    const turn = turnOf(page, METFORMIN);
    await turn.getByText(conversation.soFar, { exact: true }).waitFor();
    await turn.getByRole('button', { name: /^Quote 1:/ }).click();
    const reader = readerOf(page);
    await reader.locator('mark').first().waitFor();
    const early = await markedIn(reader);
    expect(new URL(page.url()).searchParams.get('cite')).toBe('now.1');

    await finish();
    const { answer } = await answered(page, METFORMIN);
    const { quote } = firstCited({ question: METFORMIN, article: turn, answer }).citation;
    expect(early).toEqual([quote]);
    await eventually(() => Promise.resolve(new URL(page.url()).searchParams.get('cite')), `${answer.id}.1`);
    await expectMarked(reader, quote);
    await page.reload();
    await expectMarked(reader, quote);
  });
});

describe('a number', () => {
  test('shows its quote under the pointer and when the keyboard comes to it', async ({ page }) => {
    const turn = await askAtHome(page, METFORMIN);
    const first = firstCited(turn);
    const number = numberOf(turn.article, first);
    const { citation, evidence } = first;
    const hint = page.getByRole('tooltip').filter({ hasText: citation.quote }).filter({ hasText: evidence.document.title });
    await number.hover();
    await hint.waitFor();
    await page.mouse.move(0, 0);
    await hint.waitFor({ state: 'detached' });
    const verdict = literature.verdicts[citation.verdict].word;
    await turn.article.getByRole('button', { name: verdict, exact: true }).first().focus();
    await page.keyboard.press('Tab');
    expect(await number.evaluate((button) => button === document.activeElement)).toBe(true);
    await hint.waitFor();
  });

  test('opens the marked words in view with one click, and Back closes them', async ({ page }) => {
    const { article, answer } = await askAtHome(page, METFORMIN);
    for (const cited of citedIn(answer)) {
      const reader = await open(page, article, cited);
      await expectMarked(reader, cited.citation.quote);
      await eventually(() => isInView(reader.locator('mark').first()), true);
      expect(await isInView(reader.getByRole('heading', { name: cited.evidence.document.title }).first())).toBe(true);
      // The answer stays beside it.
      expect(await article.isVisible()).toBe(true);
    }
    for (let opened = citedIn(answer).length; opened > 0; opened--) await page.goBack();
    await readerOf(page).waitFor({ state: 'detached' });
    await answered(page, METFORMIN);
  });

  test('on a telephone opens over the answer, and closing leads back', async ({ visitor }) => {
    const page = await visitor({ viewport: NARROW });
    const turn = await askAtHome(page, METFORMIN);
    const cited = firstCited(turn);
    const reader = await open(page, turn.article, cited);
    await expectMarked(reader, cited.citation.quote);
    await eventually(() => isInView(reader.locator('mark').first()), true);
    await page.reload();
    await expectMarked(reader, cited.citation.quote);
    await eventually(() => hasFocus(reader), true);
    await page.keyboard.press('Escape');
    await reader.waitFor({ state: 'detached' });
    await numberOf(turn.article, cited).waitFor();
  });

  test('leads to what the document is and how far it can be relied on', async ({ page }) => {
    const { article, answer } = await askAtHome(page, METFORMIN);
    for (const cited of citedIn(answer)) {
      const { evidence, citation } = cited;
      const reader = await open(page, article, cited);
      await expectMarked(reader, citation.quote);
      const basis = readerWords.basis;
      const document = await documentAt(page, evidence.document.id, evidence.document.version);
      const facts = await factsIn(reader.getByRole('region', { name: basis.title }));
      expect(facts).toMatchObject({
        [basis.issuer]: document.issuer,
        [basis.published]: document.published ?? basis.undated,
        [basis.version]: basis.versionOf(document.version, document.versions.length),
        [basis.kind]: literature.kinds[document.kind],
        [basis.jurisdiction]: document.jurisdiction,
        [basis.standing]: literature.statuses[document.status],
        [basis.held]: literature.access[document.access],
        [basis.grade]: document.grade ? basis.gradeAsStated(document.grade) : basis.noGrade,
        [basis.citation]: citation.secondhand ? basis.secondhand : basis.primary,
      });
      expect((await markedIn(reader)).join('')).toBe(citation.quote);
    }
  });
});
