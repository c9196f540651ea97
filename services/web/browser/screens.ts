// Takes the pictures for the README: `npm run screens -- --out <folder>`.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { ask as words } from '../src/strings';
import { changes } from '../src/strings/changes';
import { documentRecord } from '../src/strings/documents';
import { record } from '../src/strings/record';
import { askAtHome, field, firstCited, open } from './support/acts';
import { launch } from './support/chromium';
import { button, heading, signIn } from './support/desk';
import { scene, type Scene } from './support/scene';
import { AUDITOR, CLINICIAN, LIBRARIAN, type Person, PUBLISHER, serve, starter } from './support/server';

const looks = {
  light: { colorScheme: 'light', viewport: { width: 1280, height: 860 } },
  dark: { colorScheme: 'dark', viewport: { width: 1280, height: 860 } },
  telephone: { colorScheme: 'light', viewport: { width: 390, height: 844 } },
} as const;

/** Scrolls so far that it stands at the top, below the header. */
const toTop = (place: Locator): Promise<void> =>
  place.evaluate((element) => scrollBy(0, element.getBoundingClientRect().top - 72));

/** Each leads a visitor to what is to be seen: a new one, or who has signed in. */
const scenes: Readonly<Record<string, { who?: Person; show: (page: Page, made: Scene) => Promise<void> }>> = {
  first: {
    show: async (page) => {
      await page.goto('/');
      await field(page).waitFor();
    },
  },
  answer: {
    show: async (page) => {
      const turn = await askAtHome(page, words.examples[0] ?? '');
      const reader = await open(page, turn.article, firstCited(turn));
      await reader.locator('mark').first().waitFor();
    },
  },
  disagreement: {
    show: async (page) => {
      await askAtHome(page, 'When is hypertension diagnosed?');
    },
  },
  abstention: {
    show: async (page) => {
      await askAtHome(page, 'Is natalizumab covered?');
    },
  },
  library: {
    who: LIBRARIAN,
    show: async (page, { document }) => {
      await page.goto(`/library/documents/${document}?view=differences`);
      await page.locator('ins').first().waitFor();
      await toTop(page.getByRole('region', { name: documentRecord.versions.title }));
    },
  },
  proposal: {
    who: PUBLISHER,
    show: async (page, { proposal }) => {
      await page.goto(`/library/changes/${proposal}`);
      await heading(page, changes.proposal.acts.title).waitFor();
    },
  },
  record: {
    who: AUDITOR,
    show: async (page, { answer }) => {
      await page.goto(`/audit/answers/${answer}`);
      await button(page, record.proof.take).click();
      await page.getByText(record.proof.verdicts.consistent.title).waitFor();
      await button(page, record.proof.believe).click();
      await page.getByText(record.proof.verdicts.proved.title).waitFor();
      await toTop(page.getByText(record.proof.verdicts.proved.title));
    },
  },
  review: {
    who: CLINICIAN,
    show: async (page, { review }) => {
      await page.goto(`/audit/reviews/${review}?item=2`);
      await page.locator('mark').first().waitFor();
    },
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
    await take(server.origin, await scene(server.origin));
  } finally {
    await server.stop();
  }
} finally {
  await rm(place, { recursive: true, force: true });
}

async function take(baseURL: string, made: Scene): Promise<void> {
  const browser = await launch();
  try {
    for (const [name, { who, show }] of Object.entries(scenes)) {
      let kept: BrowserContextOptions = {};
      for (const [look, { colorScheme, viewport }] of Object.entries(looks)) {
        const context = await browser.newContext({
          ...{ baseURL, colorScheme, viewport, deviceScaleFactor: 2 },
          ...{ locale: 'en-GB', timezoneId: 'UTC', reducedMotion: 'reduce', ...kept },
        });
        const page = await context.newPage();
        if (who && !kept.storageState) {
          await signIn(page, who);
          kept = { storageState: await context.storageState() };
        }
        await show(page, made);
        // No pointer over anything, no hint, no caret.
        await page.mouse.move(0, 0);
        await page.evaluate(() => document.fonts.ready.then(() => undefined));
        await page.screenshot({ path: join(folder, `${name}-${look}.png`), caret: 'hide' });
        await context.close();
      }
    }
  } finally {
    await browser.close();
  }
}
