// What a reader does: asks, opens a quote, looks at what is marked. Found by role and by the pages' own words.
import { type Download, type Locator, type Page, type Request, request as http } from 'playwright-core';
import { expect, vi } from 'vitest';
import type { Answer, Citation, DocumentView, Evidence } from '../../src/api/types';
import { answer as words, ask as askWords, reader as readerWords, shell } from '../../src/strings';
import { exporting } from '../../src/strings/export';

export interface Turn {
  question: string;
  article: Locator;
  /** As the server has recorded it. */
  answer: Answer;
}

/** Waits until what is asked for comes out as wanted. */
export const eventually = <T>(look: () => Promise<T>, wanted: T): Promise<void> =>
  vi.waitFor(async () => expect(await look()).toEqual(wanted), { timeout: 30_000, interval: 50 });

/** All of the page is there: nothing is on its way any more. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForLoadState('networkidle');
  // The network may also be idle before a slow machine has begun to ask: the lines in the place of what is to come tell.
  await eventually(() => page.locator('[role=status] > [style*=width]').count(), 0);
}

export const exactly = (text: string) => new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);

export const field = (page: Page): Locator =>
  page
    .getByRole('textbox', { name: askWords.field, exact: true })
    .or(page.getByRole('textbox', { name: askWords.followUpField, exact: true }));

/** Opens the page and asks the first question there. */
export async function askAtHome(page: Page, question: string): Promise<Turn> {
  await page.goto('/');
  return ask(page, question);
}

export async function ask(page: Page, question: string): Promise<Turn> {
  await send(page, question);
  return answered(page, question);
}

/** Types and sends, and waits for nothing. */
export async function send(page: Page, question: string): Promise<void> {
  await field(page).fill(question);
  await page.getByRole('button', { name: askWords.send, exact: true }).click();
}

export const turnOf = (page: Page, question: string): Locator =>
  page.getByRole('article', { name: question, exact: true }).last();

/** Waits until the question has its answer on record. */
export async function answered(page: Page, question: string): Promise<Turn> {
  const article = turnOf(page, question);
  const record = article.getByRole('link', { name: words.foot.json });
  await record.waitFor();
  const answer = await get<Answer>(page, (await record.getAttribute('href')) ?? '');
  return { question, article, answer };
}

/** Reads from the server past the page, as the same reader: what it shows is held against this. */
export async function get<T>(page: Page, path: string): Promise<T> {
  const outside = await http.newContext({ storageState: await page.context().storageState() });
  try {
    const response = await outside.get(new URL(path, page.url()).href);
    expect(response.status(), path).toBe(200);
    return (await response.json()) as T;
  } finally {
    await outside.dispose();
  }
}

export const documentAt = (page: Page, id: string, version: number): Promise<DocumentView> =>
  get<DocumentView>(page, `/v1/documents/${id}?version=${version}`);

export interface Cited {
  citation: Citation;
  evidence: Evidence;
}

/** Every number of an answer with the passage that it names. */
export function citedIn(answer: Answer): Cited[] {
  return answer.statements
    .flatMap((statement) => statement.citations)
    .map((citation) => ({ citation, evidence: evidenceOf(answer, citation.evidence) }));
}

export function evidenceOf(answer: Answer, id: string): Evidence {
  const found = [...answer.evidence, ...answer.closest].find((one) => one.id === id);
  if (!found) throw new Error(`the answer holds no evidence ${id}`);
  return found;
}

export function firstCited({ answer }: Turn): Cited {
  const [first] = citedIn(answer);
  if (!first) throw new Error('the answer cites nothing');
  return first;
}

/** The button of a number. */
export const numberOf = (article: Locator, { citation, evidence }: Cited): Locator =>
  article.getByRole('button', { name: words.cite(citation.n, evidence.document.title), exact: true });

/** The reader, beside the conversation or over it. */
export const readerOf = (page: Page): Locator =>
  page
    .getByRole('complementary', { name: readerWords.label, exact: true })
    .or(page.getByRole('dialog', { name: readerWords.label, exact: true }));

/** What is marked, in order, without the words that only screen readers hear. */
export async function markedIn(place: Locator): Promise<string[]> {
  const marks = await place.locator('mark').allTextContents();
  return marks.map((text, at) => {
    const from = at === 0 && text.startsWith(readerWords.quoteBegins) ? readerWords.quoteBegins.length : 0;
    const isLast = at === marks.length - 1 && text.endsWith(readerWords.quoteEnds);
    return text.slice(from, isLast ? -readerWords.quoteEnds.length : undefined);
  });
}

const bare = (text: string): string => text.replaceAll(/\s/g, '');

/** The marked words are the quote; only the breaks between its blocks are not marked. */
export async function expectMarked(place: Locator, quote: string): Promise<void> {
  await place.locator('mark').first().waitFor();
  const blocks = quote.split(/\n+/).filter((line) => line.trim() !== '');
  // The quote that was opened before may still be marked, in the same document.
  if (blocks.length === 1) await eventually(() => markedIn(place), [quote]);
  else await eventually(async () => bare((await markedIn(place)).join('')), bare(quote));
}

/** A slice by code points, written here anew so that the pages' own cannot hide a fault in it. */
export const slice = (text: string, start: number, end: number): string => Array.from(text).slice(start, end).join('');

/** Opens a number and waits for the reader. */
export async function open(page: Page, article: Locator, cited: Cited): Promise<Locator> {
  await numberOf(article, cited).click();
  const reader = readerOf(page);
  await reader.getByRole('heading', { name: cited.evidence.document.title, exact: true }).first().waitFor();
  return reader;
}

/** What a list of terms says, by term. */
export const factsIn = async (place: Locator): Promise<Record<string, string>> =>
  Object.fromEntries(
    await place
      .locator('dt')
      .evaluateAll((terms) => terms.map((term) => [term.textContent, term.nextElementSibling?.textContent ?? ''] as const)),
  );

export const hasFocus = (place: Locator): Promise<boolean> =>
  place.evaluate((element) => element.contains(document.activeElement));

/** The list of conversations, where there is room for it beside the page. */
export const rail = (page: Page): Locator => page.getByRole('navigation', { name: shell.history });

/** The next question on its way to the server. */
export const questionOf = (page: Page): Promise<Request> =>
  page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/v1/answers'));

/** The file that comes of it. */
export async function saved(page: Page, press: () => Promise<void>): Promise<Download> {
  const saving = page.waitForEvent('download');
  await press();
  return saving;
}

/** Chooses from the export menu of an answer. */
export async function exportAs(page: Page, { article }: Turn, item: string): Promise<void> {
  await article.getByRole('button', { name: exporting.menu.label, exact: true }).click();
  await page.getByRole('menuitem', { name: item, exact: true }).click();
}
