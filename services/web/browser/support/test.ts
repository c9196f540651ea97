// The tests' own `test`: a browser for each file, a fresh visitor for each test, and a watch over all of them.
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect, inject, test as base } from 'vitest';
import { launch } from './chromium';
import { Watch } from './watch';

export interface VisitorOptions extends BrowserContextOptions {
  /** Another server than the shared one. */
  origin?: string;
}

export const WIDE = { width: 1280, height: 860 };
export const NARROW = { width: 390, height: 844 };

/** Long enough for the slowest answer; nothing is ever slept through. */
const PATIENCE_MS = 30_000;

export const test = base
  .extend('browser', { scope: 'file' }, async ({}, { onCleanup }): Promise<Browser> => {
    const browser = await launch();
    onCleanup(() => browser.close());
    return browser;
  })
  .extend('watch', () => new Watch())
  /** A new person at a new browser: nothing is shared with other visitors, not even a cookie. */
  .extend('visitor', ({ browser, watch }, { onCleanup }) => {
    const leave: (() => Promise<void>)[] = [];
    onCleanup(async () => {
      for (const one of leave) await one();
    });
    return async ({ origin = inject('origin'), ...options }: VisitorOptions = {}): Promise<Page> => {
      const context = await browser.newContext({
        baseURL: origin,
        viewport: WIDE,
        locale: 'en-GB',
        timezoneId: 'UTC',
        colorScheme: 'light',
        reducedMotion: 'reduce',
        ...options,
      });
      leave.push(() => context.close());
      context.setDefaultTimeout(PATIENCE_MS);
      watch.follow(context, origin);
      return context.newPage();
    };
  })
  .extend('page', ({ visitor }) => visitor());

test.afterEach(({ watch }) => {
  expect(watch.faults()).toEqual([]);
});

export { expect };
