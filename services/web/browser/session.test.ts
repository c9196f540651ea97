// Signing in, in a real browser: for everybody, by keyboard, on a telephone. Who is signed in is made up by the test.
import type { Page } from 'playwright-core';
import { describe } from 'vitest';
import type { Session } from '../src/session/types';
import { session as words } from '../src/strings/session';
import { eventually, field } from './support/acts';
import { barriers } from './support/barriers';
import { problem, refuse } from './support/fakes';
import { expect, NARROW, test } from './support/test';

const nobody: Session = {
  account: null,
  roles: [],
  how: 'none',
  sign_in: { password: true, provider: 'Hospital ID' },
  is_demo: true,
};
const ada: Session = {
  ...nobody,
  account: { id: 'a-1', name: 'ada', full_name: 'Adelheid Constanze von Osler-Hohenstein' },
  roles: ['clinician', 'librarian'],
  how: 'session',
};

/** Lets the test say who is signed in; a right password signs in. */
async function holdSession(page: Page, first: Session): Promise<{ session: Session }> {
  const held = { session: first };
  await page.route('**/v1/session', async (route) => {
    const request = route.request();
    if (request.method() === 'POST') {
      const { password } = request.postDataJSON() as { password: string };
      if (password !== 'right') return refuse(route, problem(401, 'wrong', 'wrong_credentials'));
      held.session = ada;
    }
    return route.fulfill({ json: held.session });
  });
  await page.route('**/v1/session/password', (route) => refuse(route, problem(422, 'it is too short', 'bad_password')));
  return held;
}

const name = (page: Page) => page.getByRole('textbox', { name: words.name, exact: true });
const password = (page: Page, label = words.password) => page.getByLabel(label, { exact: true });

describe.for(['light', 'dark'] as const)('signing in, in %s', (colorScheme) => {
  test.for([320, NARROW.width, 1280])('has no barriers at %i pixels', async (width, { visitor, watch }) => {
    watch.expects(/status of 4(01|22)/);
    const page = await visitor({ colorScheme, bypassCSP: true, viewport: { width, height: 844 } });
    await holdSession(page, nobody);
    await page.goto('/about');
    await name(page).waitFor();
    await page.getByRole('button', { name: words.submit, exact: true }).click();
    await page.getByText(words.errors.name, { exact: true }).waitFor();
    expect(await barriers(page)).toEqual([]);
    await name(page).fill('ada');
    await password(page).fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByText(words.errors.wrong, { exact: true }).waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.keyboard.type('right');
    await page.keyboard.press('Enter');
    const account = page.getByRole('button', { name: /^Account: Adelheid/ });
    await account.waitFor();
    expect(new URL(page.url()).pathname).toBe('/about');
    await account.click();
    await page.getByRole('button', { name: words.account.change, exact: true }).waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    // The button of this form is not within it.
    await password(page, words.change.current).fill('right');
    await password(page, words.change.new).fill('short');
    await page.keyboard.press('Enter');
    await page.getByText('It is too short.', { exact: true }).waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await eventually(() => account.evaluate((button) => button === document.activeElement), true);
  });
});

test('a session that ends gives the question back, also after the way through the provider', async ({ page, watch }) => {
  watch.expects(/status of 401/);
  const held = await holdSession(page, ada);
  await page.route('**/v1/conversations', (route) =>
    route.request().method() === 'POST' ? refuse(route, problem(401, 'sign in', 'sign_in_needed')) : route.fallback(),
  );
  await page.goto('/');
  await field(page).fill('Is it kept?');
  held.session = nobody;
  await page.keyboard.press('Enter');
  await page.getByText(words.endedTitle, { exact: true }).waitFor();
  await page.route('**/v1/session/provider?*', (route) => {
    held.session = ada;
    return route.fulfill({ status: 302, headers: { location: new URL(route.request().url()).searchParams.get('to') ?? '' } });
  });
  await page.getByRole('link', { name: words.provider('Hospital ID'), exact: true }).click();
  await field(page).waitFor();
  expect(await field(page).inputValue()).toBe('Is it kept?');
});
