// A review at the real server: two clinicians rate without knowing of each other, an auditor settles and signs.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';
import { model } from '../src/strings/model';
import { reviews as say } from '../src/strings/reviews';
import { eventually, get, saved } from './support/acts';
import { caller } from './support/api';
import { accountOf, as, button, dialog, heading, link, ownServer } from './support/desk';
import { AUDITOR, CLINICIAN, SECOND_CLINICIAN, type Server } from './support/server';
import { expect, test } from './support/test';

const QUESTIONS = ['Is nitrofurantoin safe in renal impairment?', 'Is fidaxomicin covered?'];
const TITLE = 'All wards, one day';
const COMMENT = 'The quote leaves the age out.';

let server: Server;
beforeAll(async () => {
  server = await ownServer();
  const clinician = await caller(server.origin, CLINICIAN);
  for (const question of QUESTIONS) await clinician.ask(question);
});
afterAll(() => server.stop());

const here = () => ({ origin: server.origin });
let at = '';
let items = 0;

interface Sent {
  own: unknown;
  ours: unknown;
  others: unknown[];
}

/** The items that a page is sent from now on, and not only what it shows of them. */
function sentTo(page: Page): Sent[] {
  const sent: Sent[] = [];
  page.on('response', (response) => {
    if (!/\/v1\/reviews\/[^/]+\/items/.test(response.url())) return;
    void response.json().then(
      (body: { items?: Sent[] } | Sent) => sent.push(...('own' in body ? [body] : (body.items ?? []))),
      () => undefined,
    );
  });
  return sent;
}

/** Rates what is open with the digits, one after the other, and hands nothing to the mouse. */
async function rateAll(page: Page, digitOf: (n: number) => string, comment = ''): Promise<void> {
  for (let left = items; left > 0; left -= 1) {
    const item = page.getByRole('heading', { level: 3, name: /^Item \d+ of \d+$/ });
    await item.waitFor();
    const number = async () => Number(/\d+/.exec((await item.textContent()) ?? '')?.[0]);
    const n = await number();
    await page.getByRole('radio').first().waitFor({ state: 'attached' });
    expect(await page.getByText(say.said.ours).count()).toBe(0);
    await page.keyboard.press(digitOf(n));
    if (n === 1 && comment !== '') {
      await page.getByRole('textbox', { name: say.form.comment }).focus();
      await page.keyboard.type(comment);
    }
    await page.keyboard.press('Enter');
    await page.getByText(new RegExp(`^Item ${n} is saved: `)).waitFor();
    // That is said a little before the next one is there.
    if (left > 1) await eventually(async () => (await number()) !== n, true);
  }
}

describe('a review', { concurrent: false }, () => {
  test('is begun by an auditor', async ({ visitor, watch }) => {
    watch.expects(/status of 404/);
    const page = await as(visitor, AUDITOR, '/audit/reviews', here());
    await button(page, say.begin).click();
    const asking = dialog(page, say.new.title);
    const fill = (label: string, text: string) => asking.getByLabel(label).first().fill(text);
    const today = new Date().toISOString().slice(0, 10);
    await fill(say.new.name, TITLE);
    await fill(say.new.from, today);
    await fill(say.new.to, today);
    await fill(say.new.size, '2');
    await fill(say.new.one, CLINICIAN.name);
    await fill(say.new.two, 'nobody');
    await button(asking, say.new.submit).click();
    await asking.getByText(say.new.errors.unknown, { exact: true }).first().waitFor();
    await fill(say.new.two, SECOND_CLINICIAN.name);
    await button(asking, say.new.submit).click();
    await page.getByRole('heading', { level: 1, name: TITLE }).waitFor();
    at = new URL(page.url()).pathname;
    items = (await get<{ items: number }>(page, `/v1/reviews/${at.split('/').at(-1) ?? ''}`)).items;
    expect(items).toBeGreaterThan(1);
    await page.getByText(say.one.waitForBoth, { exact: true }).waitFor();
  });

  test('is rated by two who see neither the other nor our verdict', async ({ visitor }) => {
    const first = await as(visitor, CLINICIAN, '/', here());
    const sent = sentTo(first);
    await accountOf(first, CLINICIAN).click();
    await link(first, say.toRate).click();
    await first.getByText(say.waits, { exact: true }).waitFor();
    await link(first, TITLE).click();
    await rateAll(first, () => '1', COMMENT);
    await first.getByText(say.done.rated, { exact: true }).waitFor();
    const second = await as(visitor, SECOND_CLINICIAN, at, here());
    const sentToSecond = sentTo(second);
    await second.reload();
    await second.getByRole('heading', { level: 3, name: /^Item 1 of/ }).waitFor();
    await second.getByRole('radio').first().waitFor({ state: 'attached' });
    expect(await second.locator('body').textContent()).not.toContain(COMMENT);
    // Nor was the page sent more than it shows.
    await eventually(() => Promise.resolve(sentToSecond.length > 0), true);
    const blind = [...sent, ...sentToSecond].filter(({ own }) => own === null);
    expect(blind.length).toBeGreaterThan(items);
    expect(blind.filter(({ ours, others }) => ours !== null || others.length > 0)).toEqual([]);
    // An abstention has no second digit.
    await rateAll(second, (n) => (n === 1 ? '3' : '1'));
    await second.getByText(say.states.adjudication, { exact: true }).first().waitFor();
  });

  test('is settled by a third', async ({ visitor }) => {
    const page = await as(visitor, AUDITOR, at, here());
    await page.getByText(say.one.differences(1), { exact: true }).waitFor();
    await page.getByText(COMMENT, { exact: true }).waitFor();
    await page.getByRole('radio').first().waitFor({ state: 'attached' });
    await page.keyboard.press('Enter');
    await page.getByText(say.form.errors.rating, { exact: true }).waitFor();
    await page.keyboard.press('1');
    await page.getByRole('textbox', { name: say.form.reason }).fill('The age does not matter here.');
    await page.keyboard.press('Enter');
    await page.getByText(say.states.ready, { exact: true }).first().waitFor();
    await heading(page, say.results.title).waitFor();
  });

  test('is signed with a password, and taken along', async ({ visitor, watch }) => {
    watch.expects(/status of 401/);
    const page = await as(visitor, AUDITOR, at, here());
    await button(page, say.sign.open).click();
    const signing = dialog(page, say.sign.dialog);
    await signing.getByRole('textbox', { name: say.sign.meaning }).fill('I have reviewed this sample and approve the result.');
    await signing.getByLabel(say.sign.password, { exact: true }).fill('not the password');
    await button(signing, say.sign.submit).click();
    await signing.getByText(say.sign.errors.wrong, { exact: true }).waitFor();
    await signing.getByLabel(say.sign.password, { exact: true }).fill(AUDITOR.password);
    await button(signing, say.sign.submit).click();
    await page.getByText(say.signature.holds, { exact: true }).waitFor();
    await page.getByText(AUDITOR.fullName).first().waitFor();
    for (const [name, ending] of [[say.exports.csv, 'csv'], [say.exports.ndjson, 'ndjson'], [say.exports.pdf, 'pdf']] as const) {
      const file = await saved(page, () => link(page, name).click());
      expect(file.suggestedFilename()).toMatch(new RegExp(`\\.${ending}$`));
    }
  });

  test('is then what the model card says of validity here', async ({ visitor }) => {
    const page = await as(visitor, CLINICIAN, '/about/model', here());
    await page.getByRole('heading', { name: model.card.title, exact: true }).waitFor();
    const local = page.locator('#local_validity');
    await button(local, model.measured.title(3)).click();
    await local.getByText(new RegExp(`^Review ${at.split('/').at(-1) ?? ''}, signed on`)).first().waitFor();
  });
});
