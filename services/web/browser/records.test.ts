// What an auditor sees, signed in at the real server: the numbers of what the other tests have asked.
import type { Page } from 'playwright-core';
import { describe } from 'vitest';
import { alarms } from '../src/strings/alarms';
import { problem } from '../src/strings/problem';
import { records as words } from '../src/strings/records';
import { session } from '../src/strings/session';
import { shell } from '../src/strings/shell';
import { askAtHome } from './support/acts';
import { barriers } from './support/barriers';
import { AUDITOR } from './support/server';
import { expect, NARROW, test } from './support/test';

async function signIn(page: Page): Promise<void> {
  await page.goto('/sign-in?to=/audit');
  await page.getByRole('textbox', { name: session.name, exact: true }).fill(AUDITOR.name);
  await page.getByLabel(session.password, { exact: true }).fill(AUDITOR.password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: words.title, exact: true }).waitFor();
}

describe.for(['light', 'dark'] as const)('the numbers, in %s', (colorScheme) => {
  test.for([NARROW.width, 1280])('are there without barriers at %i pixels', async (width, { page, visitor }) => {
    await askAtHome(page, 'In adults with type 2 diabetes, when should metformin not be started?');
    const auditor = await visitor({ colorScheme, bypassCSP: true, viewport: { width, height: 860 } });
    await signIn(auditor);
    // Whoever audits reads and does not ask.
    expect(await auditor.getByRole('textbox').count()).toBe(0);
    const plots = auditor.getByRole('figure');
    await plots.first().waitFor();
    expect(await plots.count()).toBe(3);
    await auditor.getByText(words.retracted.noneDetail).waitFor();
    await auditor.getByRole('table', { name: alarms.table }).waitFor();
    await auditor.getByRole('button', { name: new RegExp(`^${words.numbers}`) }).first().click();
    const table = plots.first().getByRole('table');
    await table.waitFor();
    expect(await table.getByRole('row').count()).toBeGreaterThan(1);
    expect(await barriers(auditor)).toEqual([]);
    await auditor.getByRole('button', { name: /^Account: / }).click();
    await auditor.getByRole('button', { name: session.account.signOut, exact: true }).click();
    await auditor.getByRole('link', { name: session.submit, exact: true }).waitFor();
  });
});

test('are not for everybody', async ({ page, watch }) => {
  watch.expects(/status of 403/);
  await page.goto('/audit');
  await page.getByText(problem.notAllowed).first().waitFor();
  expect(await page.getByRole('link', { name: shell.audit, exact: true }).count()).toBe(0);
});
