// Takes the pictures for the README: `npm run screens -- --out <folder>`.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { ask as words } from '../src/strings';
import { askAtHome, field, firstCited, open } from './support/acts';
import { launch } from './support/chromium';
import { serve, starter } from './support/server';

const looks = {
  light: { colorScheme: 'light', viewport: { width: 1280, height: 860 } },
  dark: { colorScheme: 'dark', viewport: { width: 1280, height: 860 } },
  telephone: { colorScheme: 'light', viewport: { width: 390, height: 844 } },
} as const;

/** Each leads a new visitor to what is to be seen. */
const scenes: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  first: async (page) => {
    await page.goto('/');
    await field(page).waitFor();
  },
  answer: async (page) => {
    const turn = await askAtHome(page, words.examples[0] ?? '');
    const reader = await open(page, turn.article, firstCited(turn));
    await reader.locator('mark').first().waitFor();
  },
  disagreement: async (page) => {
    await askAtHome(page, 'What blood pressure threshold starts treatment in adults with hypertension?');
  },
  abstention: async (page) => {
    await askAtHome(page, 'Is fidaxomicin covered?');
  },
};

const { out } = parseArgs({ options: { out: { type: 'string' } } }).values;
if (!out) throw new Error('say where the pictures go: npm run screens -- --out <folder>');
const folder = resolve(out);
await mkdir(folder, { recursive: true });

const place = await mkdtemp(join(tmpdir(), 'osler-screens-'));
try {
  await starter(place);
  const server = await serve(place);
  try {
    await take(server.origin);
  } finally {
    await server.stop();
  }
} finally {
  await rm(place, { recursive: true, force: true });
}

async function take(baseURL: string): Promise<void> {
  const browser = await launch();
  try {
    for (const [scene, show] of Object.entries(scenes)) {
      for (const [look, { colorScheme, viewport }] of Object.entries(looks)) {
        const context = await browser.newContext({
          ...{ baseURL, colorScheme, viewport, deviceScaleFactor: 2 },
          ...{ locale: 'en-GB', timezoneId: 'UTC', reducedMotion: 'reduce' },
        });
        const page = await context.newPage();
        await show(page);
        // No pointer over anything, no hint, no caret.
        await page.mouse.move(0, 0);
        await page.evaluate(() => document.fonts.ready.then(() => undefined));
        await page.screenshot({ path: join(folder, `${scene}-${look}.png`), caret: 'hide' });
        await context.close();
      }
    }
  } finally {
    await browser.close();
  }
}
