// What those do who keep the library and its records: sign in, take documents in, go through what came of it.
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { inject } from 'vitest';
import { act } from '../../src/strings/act';
import { changes } from '../../src/strings/changes';
import { ingest } from '../../src/strings/ingest';
import { session as words } from '../../src/strings/session';
import { eventually } from './acts';
import { OPEN, type Person, serve, type Server } from './server';
import type { VisitorOptions } from './test';

/** A server of its own, for those who change what all see, or who need it configured otherwise. */
export async function ownServer(configuration = ''): Promise<Server> {
  const place = await mkdtemp(join(tmpdir(), 'osler-own-'));
  const data = join(place, 'data');
  await cp(inject('seed'), data, { recursive: true });
  const config = join(place, 'osler.toml');
  await writeFile(config, OPEN + configuration);
  const server = await serve(data, undefined, config);
  return {
    ...server,
    stop: async () => {
      await server.stop();
      await rm(place, { recursive: true, force: true });
    },
  };
}

type Visitor = (options?: VisitorOptions) => Promise<Page>;
type Kept = NonNullable<BrowserContextOptions['storageState']>;

/** Who has signed in where; it takes a while, and need not be done again for each test. */
const kept = new Map<string, Promise<Kept>>();

/** A browser in which `who` has signed in, at `to`. */
export async function as(visitor: Visitor, who: Person, to: string, options: VisitorOptions = {}): Promise<Page> {
  const name = `${who.name} ${options.origin ?? inject('origin')}`;
  let known = kept.get(name);
  if (!known) {
    known = visitor(options).then(async (page) => {
      await signIn(page, who);
      return page.context().storageState();
    });
    kept.set(name, known);
  }
  const page = await visitor({ ...options, storageState: await known });
  await page.goto(to);
  await accountOf(page, who).waitFor();
  return page;
}

export const accountOf = (page: Page, { fullName }: Pick<Person, 'fullName'>): Locator =>
  page.getByRole('button', { name: words.account.of(fullName), exact: true });

/** On the page that asks for it. */
export async function signIn(page: Page, who: Pick<Person, 'name' | 'fullName' | 'password'>): Promise<void> {
  await page.goto('/sign-in?to=/about');
  await page.getByRole('textbox', { name: words.name, exact: true }).fill(who.name);
  await page.getByLabel(words.password, { exact: true }).fill(who.password);
  await page.keyboard.press('Enter');
  await accountOf(page, who).waitFor();
}

/** On the page of a proposal. */
export async function sign(page: Page, meaning: 'review' | 'approve', who: Pick<Person, 'password'>): Promise<void> {
  const { acts, sign: says, signatures } = changes.proposal;
  await button(page, acts[meaning]).click();
  const signing = dialog(page, says.titles[meaning]);
  await signing.getByText(signatures.meanings[meaning]).waitFor();
  await signing.getByLabel(act.password, { exact: true }).fill(who.password);
  await button(signing, says.act).click();
  await page.getByText(says.done[meaning], { exact: true }).waitFor();
}

export interface File {
  file: string;
  text: string;
}

/** Chooses files, and a corpus if it is not chosen yet. */
export async function choose(page: Page, corpus: string, files: readonly File[]): Promise<void> {
  const radio = page.getByRole('radio', { name: new RegExp(`^${corpus}`) });
  // Not `check`: the choice stands in the address, and the radio follows that.
  await radio.click({ force: true });
  await eventually(() => radio.isChecked(), true);
  await page.locator('input[type=file]').setInputFiles(
    files.map(({ file, text }) => ({ name: file, mimeType: 'application/octet-stream', buffer: Buffer.from(text) })),
  );
}

/** Takes files in, and waits for the report of it. */
export async function takeIn(page: Page, corpus: string, files: readonly File[]): Promise<Locator> {
  await page.goto('/library/ingest');
  await choose(page, corpus, files);
  await page.getByRole('button', { name: ingest.send, exact: true }).click();
  await page.getByRole('heading', { name: ingest.states.done, exact: true }).waitFor();
  const report = page.getByRole('region', { name: ingest.report.title, exact: true });
  await report.getByText(ingest.report.of(corpus), { exact: false }).waitFor();
  return report;
}

/** The corpus that every data directory of these tests has. */
export const STARTER = 'Osler starter corpus';

export const button = (place: Page | Locator, name: string): Locator => place.getByRole('button', { name, exact: true });
export const link = (place: Page | Locator, name: string): Locator => place.getByRole('link', { name, exact: true });
export const heading = (place: Page | Locator, name: string): Locator => place.getByRole('heading', { name, exact: true });
export const dialog = (page: Page, name: string): Locator =>
  page.getByRole('dialog', { name, exact: true }).or(page.getByRole('alertdialog', { name, exact: true }));
