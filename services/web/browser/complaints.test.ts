// What readers of other services complained of: wrong documents, lost or shifting numbers, quotes that are not there.
import { createHash } from 'node:crypto';
import type { Page } from 'playwright-core';
import { describe } from 'vitest';
import type { Answer, DocumentView } from '../src/api/types';
import { answer as answerWords, reader as words } from '../src/strings';
import {
  answered, ask, askAtHome, type Cited, citedIn, documentAt, expectMarked, firstCited, numberOf, open, readerOf, slice, turnOf,
} from './support/acts';
import { expect, test } from './support/test';

const METFORMIN = 'In adults with type 2 diabetes, when should metformin not be started?';
const APIXABAN = 'In adults with atrial fibrillation, when is the apixaban dose reduced?';
const questions = [
  METFORMIN,
  APIXABAN,
  'What is the dose of intramuscular adrenaline in anaphylaxis?',
  'Paracetamol dose in a child?',
  'What blood pressure threshold defines hypertension?',
  'How is severe pre-eclampsia treated?',
];

describe('each number', () => {
  test.for(questions)('opens its own document at its exact words: %s', async (question, { page }) => {
    const { article, answer } = await askAtHome(page, question);
    const cited = citedIn(answer);
    expect(cited.length).toBeGreaterThan(0);
    for (const one of cited) {
      const { citation, evidence } = one;
      const reader = await open(page, article, one);
      await expectMarked(reader, citation.quote);
      const { searchParams } = new URL(page.url());
      const place = [evidence.document.id, String(evidence.document.version), String(citation.start), String(citation.end)];
      expect(['doc', 'v', 's', 'e'].map((key) => searchParams.get(key))).toEqual(place);
      const document = await documentAt(page, evidence.document.id, evidence.document.version);
      expect(document.title).toBe(evidence.document.title);
      expect(document.sha256).toBe(evidence.document.sha256);
      expect(slice(document.text, citation.start, citation.end)).toBe(citation.quote);
    }
  });
});

/** The numbers in the order they are shown, as they are read aloud: each names its document. */
const numbersIn = (page: Page, question: string): Promise<string[]> =>
  turnOf(page, question)
    .getByRole('list', { name: answerWords.statements })
    .getByRole('button', { name: /^Quote \d+: / })
    .evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-label') ?? ''));

const namesIn = (answer: Answer): string[] =>
  citedIn(answer).map(({ citation, evidence }) => answerWords.cite(citation.n, evidence.document.title));

describe('a reload', () => {
  test('brings back the same numbers, quotes and open document', async ({ page }) => {
    const turn = await askAtHome(page, METFORMIN);
    const last = citedIn(turn.answer).at(-1) ?? firstCited(turn);
    await open(page, turn.article, last);
    const before = await numbersIn(page, METFORMIN);
    expect(before).toEqual(namesIn(turn.answer));
    const address = page.url();

    await page.reload();
    const { answer, article } = await answered(page, METFORMIN);
    expect(answer).toEqual(turn.answer);
    expect(await numbersIn(page, METFORMIN)).toEqual(before);
    expect(page.url()).toBe(address);
    await expectMarked(readerOf(page), last.citation.quote);
    for (const one of citedIn(answer)) await expectMarked(await open(page, article, one), one.citation.quote);
  });

  test('of a conversation with several answers opens the quote in the answer it belongs to', async ({ page }) => {
    const first = await askAtHome(page, METFORMIN);
    const second = await ask(page, APIXABAN);
    await open(page, second.article, firstCited(second));
    const again = await open(page, first.article, firstCited(first));
    await expectMarked(again, firstCited(first).citation.quote);
    await page.reload();
    await answered(page, METFORMIN);
    await expectMarked(readerOf(page), firstCited(first).citation.quote);
  });
});

describe('a second question', () => {
  test('shifts no number of the first', async ({ page }) => {
    const first = await askAtHome(page, METFORMIN);
    const before = await numbersIn(page, METFORMIN);
    const second = await ask(page, APIXABAN);
    expect(await numbersIn(page, METFORMIN)).toEqual(before);
    expect(await numbersIn(page, APIXABAN)).toEqual(namesIn(second.answer));
    for (const turn of [first, second]) {
      for (const one of citedIn(turn.answer)) await expectMarked(await open(page, turn.article, one), one.citation.quote);
    }
  });
});

const deepLink = ({ citation, evidence: { document } }: Cited, change: Record<string, string> = {}): string => {
  const place = { version: String(document.version), start: String(citation.start), end: String(citation.end), ...change };
  return `/documents/${document.id}?${new URLSearchParams(place)}`;
};

describe('a link to a quote', () => {
  test('from the reader opens the same words on a page of their own, for whoever has it', async ({ page, visitor, watch }) => {
    const turn = await askAtHome(page, APIXABAN);
    const one = firstCited(turn);
    const reader = await open(page, turn.article, one);
    await expectMarked(reader, one.citation.quote);
    await reader.getByRole('link', { name: words.ownPage }).click();
    await page.waitForURL('**/documents/**');
    await page.getByRole('heading', { level: 1, name: one.evidence.document.title, exact: true }).waitFor();
    await expectMarked(page.getByRole('main'), one.citation.quote);
    expect(await page.getByText(words.uncheckedTitle).count()).toBe(0);
    // A colleague has the link, and may not read another's answer: the words stand there, and whether they are the quote is
    // not said.
    watch.expects(/404.*\/v1\/answers\//);
    const colleague = await visitor();
    await colleague.goto(page.url());
    await expectMarked(colleague.getByRole('main'), one.citation.quote);
    await colleague.getByText(words.uncheckedTitle).first().waitFor();
    await page.goBack();
    await expectMarked(readerOf(page), one.citation.quote);
  });

  test('without its answer marks the place and says that it was not checked', async ({ page }) => {
    const one = firstCited(await askAtHome(page, METFORMIN));
    await page.goto(deepLink(one));
    await expectMarked(page.getByRole('main'), one.citation.quote);
    await page.getByText(words.uncheckedTitle).first().waitFor();
    await page.getByText(words.unchecked).waitFor();
  });
});

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('what was tampered with is not marked, and said loudly:', () => {
  const expectRefused = async (page: Page, title: string) => {
    const alert = page.getByRole('alert').filter({ hasText: title });
    await alert.waitFor();
    expect(await page.locator('mark').count()).toBe(0);
  };

  test('offsets in a link', async ({ page }) => {
    const turn = await askAtHome(page, METFORMIN);
    const one = firstCited(turn);
    const { start, end, n } = one.citation;
    const cite = `${turn.answer.id}.${n}`;
    for (const change of [{ start: String(start + 1) }, { end: String(end - 1) }, { start: '0', end: '40' }]) {
      await page.goto(deepLink(one, { ...change, cite }));
      await expectRefused(page, words.mismatchTitle);
    }
    await page.goto(deepLink(one, { cite: `${turn.answer.id}.${n + 1}` }));
    await expectRefused(page, words.mismatchTitle);
    await page.goto(deepLink(one, { start: '99999', end: '100010' }));
    await expectRefused(page, words.absentTitle);
  });

  test('offsets in the address of a conversation', async ({ page }) => {
    const turn = await askAtHome(page, METFORMIN);
    const one = firstCited(turn);
    await open(page, turn.article, one);
    const address = new URL(page.url());
    address.searchParams.set('s', String(one.citation.start + 3));
    await page.goto(address.href);
    await expectRefused(page, words.mismatchTitle);
  });

  const serveDocument = (page: Page, change: (document: DocumentView) => Partial<DocumentView>) =>
    page.route('**/v1/documents/**', async (route) => {
      const response = await route.fetch();
      const document = (await response.json()) as DocumentView;
      await route.fulfill({ response, json: { ...document, ...change(document) } });
    });

  /** Other letters at the place of the quote, or letters before it that shift it, also by two UTF-16 units. */
  const alterations: Record<string, (text: string, at: number) => string> = {
    'one letter of the quote': (text, at) => {
      const points = Array.from(text);
      return points.with(at, points[at] === 'x' ? 'y' : 'x').join('');
    },
    'a letter before the quote': (text) => `a${text}`,
    'a letter of two units before the quote': (text) => `\u{1F48A}${text}`,
  };

  test.for(Object.keys(alterations))('%s', async (name, { page }) => {
    const turn = await askAtHome(page, METFORMIN);
    const one = firstCited(turn);
    const altered = (text: string) => alterations[name]?.(text, one.citation.start + 2) ?? text;
    await serveDocument(page, ({ text }) => ({ text: altered(text) }));
    await open(page, turn.article, one);
    await expectRefused(page, words.differsTitle);

    // Where even the checksums have been made to fit, the words themselves tell.
    await page.unrouteAll();
    await serveDocument(page, ({ text }) => ({ text: altered(text), sha256: sha256(altered(text)) }));
    const document = await documentAt(page, one.evidence.document.id, one.evidence.document.version);
    await page.route(/\/v1\/(answers|conversations)\/[^/]+$/, async (route) => {
      const body = await (await route.fetch()).text();
      const fitting = body.replaceAll(document.sha256, sha256(altered(document.text)));
      await route.fulfill({ contentType: 'application/json', body: fitting });
    });
    await page.reload();
    await expectRefused(page, words.absentTitle);
    expect(await readerOf(page).getByRole('alert').textContent()).toContain(one.citation.quote);
  });

  test('a document that is not the one cited', async ({ page }) => {
    const turn = await askAtHome(page, METFORMIN);
    await serveDocument(page, () => ({ sha256: 'f'.repeat(64) }));
    await open(page, turn.article, firstCited(turn));
    await expectRefused(page, words.differsTitle);
  });

  test('a quote in the answer itself', async ({ page }) => {
    const turn = await askAtHome(page, METFORMIN);
    await page.route('**/v1/conversations/*', async (route) => {
      const response = await route.fetch();
      const body = (await response.json()) as { answers: Answer[] };
      const [citation] = body.answers[0]?.statements[0]?.citations ?? [];
      if (citation) citation.quote = citation.quote.replace('avoided', 'advised');
      await route.fulfill({ response, json: body });
    });
    await page.reload();
    const { n } = firstCited(turn).citation;
    const broken = page.getByRole('button', { name: answerWords.citeBroken(n), exact: true });
    await broken.waitFor();
    expect(await broken.textContent()).toContain(answerWords.broken);
    expect(await numberOf(page.getByRole('article'), firstCited(turn)).count()).toBe(0);
    await broken.click();
    expect(await readerOf(page).count()).toBe(0);
  });
});
