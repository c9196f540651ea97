// What the pages cost: bytes of the first load, and a very long conversation.
import { describe } from 'vitest';
import type { Answer, Conversation } from '../src/api/types';
import { answer as words } from '../src/strings';
import { askAtHome, citedIn, field, get, readerOf } from './support/acts';
import { expect, test } from './support/test';

const METFORMIN = 'In adults with type 2 diabetes, when should metformin not be started?';
const MOST_BYTES = 300_000;
const STATEMENTS = 200;
const LONG_MS = 200;

test('the first load is small', async ({ page }) => {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.enable');
  let bytes = 0;
  devtools.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  await page.goto('/', { waitUntil: 'networkidle' });
  await field(page).waitFor();
  console.info(`first load: ${(bytes / 1000).toFixed(1)} kB over the wire`);
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThan(MOST_BYTES);
});

/** The same answer again and again, under ids that sort by time. */
function manyOf(real: Answer): Answer[] {
  const each = real.statements.length;
  return Array.from({ length: Math.ceil(STATEMENTS / each) }, (_, at) => ({
    ...real,
    id: `01a20000-0000-7000-8000-${at.toString(16).padStart(12, '0')}`,
    question: `${real.question} (${at + 1})`,
  }));
}

describe('a conversation of two hundred statements', () => {
  test('is scrolled from end to end, and every number works', async ({ page }) => {
    const { answer } = await askAtHome(page, METFORMIN);
    const path = `/v1${new URL(page.url()).pathname.replace('/c/', '/conversations/')}`;
    const answers = manyOf(answer);
    await page.route(`**${path}`, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ json: { ...((await response.json()) as Conversation), answers } });
    });
    await page.route(/\/v1\/answers\/[^/]+$/, (route) =>
      route.fulfill({ json: answers.find(({ id }) => route.request().url().endsWith(id)) ?? null }),
    );
    await page.addInitScript(() => {
      const long: number[] = [];
      const note = (list: PerformanceObserverEntryList) => long.push(...list.getEntries().map((entry) => entry.duration));
      new PerformanceObserver(note).observe({ type: 'longtask' });
      Object.assign(window, { longTasks: long });
    });
    await page.reload();
    await page.getByRole('article').nth(answers.length - 1).waitFor();
    const statements = page.getByRole('list', { name: words.statements }).locator('> li');
    expect(await statements.count()).toBeGreaterThanOrEqual(STATEMENTS);

    const longTasks = () => page.evaluate(() => (window as unknown as { longTasks: number[] }).longTasks.map(Math.round));
    const before = (await longTasks()).length;
    const numbers = page.getByRole('button', { name: /^Quote 1:/ });
    for (const end of ['first', 'last', 'first', 'last'] as const) {
      const number = numbers[end]();
      await number.scrollIntoViewIfNeeded();
      await number.focus();
      expect(await number.evaluate((button) => button === document.activeElement)).toBe(true);
    }
    const during = (await longTasks()).slice(before);
    const long = during.filter((ms) => ms > LONG_MS);
    const longest = Math.max(0, ...during);
    console.info(`200 statements: ${long.length} tasks over ${LONG_MS} ms while scrolling, longest ${longest} ms`);

    await numbers.last().click();
    await readerOf(page).locator('mark').first().waitFor();
    expect(new URL(page.url()).searchParams.get('cite')).toBe(`${answers.at(-1)?.id ?? ''}.1`);
    expect(citedIn(answer).length).toBeGreaterThan(0);
    // The page still takes what is typed.
    await field(page).fill('A further question');
    expect(await field(page).inputValue()).toBe('A further question');
    expect((await get<Answer>(page, `/v1/answers/${answer.id}`)).id).toBe(answer.id);
  });
});
