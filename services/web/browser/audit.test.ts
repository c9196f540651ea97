// The auditor's workbench at the real server: an answer is found, proved in the browser, asked again, held and taken along.
import type { Page } from 'playwright-core';
import { inject } from 'vitest';
import { answersFound } from '../src/strings/answersFound';
import { log } from '../src/strings/log';
import { record } from '../src/strings/record';
import { readers } from '../src/strings/recall';
import { records } from '../src/strings/records';
import { caller } from './support/api';
import { as, button, dialog, heading } from './support/desk';
import { eventually, saved } from './support/acts';
import { AUDITOR, CLINICIAN } from './support/server';
import { expect, test } from './support/test';

const QUESTION = 'In adults with type 2 diabetes, when should metformin not be started?';

const asked = async () => (await caller(inject('origin'), CLINICIAN)).ask(QUESTION);
const section = (page: Page, name: string) => page.locator('section').filter({ has: heading(page, name) });

test('finds an answer by its fields, and goes on from its record', async ({ visitor }) => {
  const { id, evidence, snapshot } = await asked();
  const page = await as(visitor, AUDITOR, '/audit/answers', {});
  const form = page.getByRole('form', { name: answersFound.form.label });
  await form.getByLabel(answersFound.form.document, { exact: true }).fill(evidence[0]?.document.id ?? '');
  await form.getByLabel(answersFound.form.snapshot, { exact: true }).fill(String(snapshot));
  await form.getByLabel(answersFound.form.status, { exact: true }).selectOption('extractive');
  await button(form, answersFound.form.submit).click();
  await page.waitForURL(/document=/);
  const found = page.getByRole('list', { name: answersFound.list.label });
  await found.locator(`a[href$="/${id}"]`).click();
  await page.getByText(QUESTION, { exact: true }).waitFor();
  expect(new URL(page.url()).pathname).toBe(`/audit/answers/${id}`);
  const entries = page.getByRole('list', { name: record.entries.list });
  await entries.getByText(record.entries.actions['answer.given'] ?? '', { exact: true }).waitFor();
  // What nobody asked is not found.
  await page.goto('/audit/answers?document=01234567890123456789012345678901');
  await page.getByText(answersFound.list.none, { exact: true }).waitFor();
});

test('proves an answer in the browser, and remembers the key', async ({ visitor }) => {
  const { id } = await asked();
  const page = await as(visitor, AUDITOR, `/audit/answers/${id}`, {});
  const proof = section(page, record.proof.heading);
  await button(proof, record.proof.take).click();
  await proof.getByText(record.proof.verdicts.consistent.title, { exact: true }).waitFor();
  const outcomes = async () =>
    proof.getByRole('list', { name: record.proof.checks }).getByRole('listitem').allTextContents();
  const held = await outcomes();
  expect(held).toHaveLength(13);
  expect(held.filter((one) => !one.includes(record.proof.outcomes.holds))).toEqual([]);
  await button(proof, record.proof.believe).click();
  await proof.getByText(record.proof.verdicts.proved.title, { exact: true }).waitFor();
  await page.reload();
  await button(proof, record.proof.take).click();
  await proof.getByText(record.proof.verdicts.proved.title, { exact: true }).waitFor();
  const file = await saved(page, () => button(proof, record.proof.save).click());
  expect(file.suggestedFilename()).toBe(`osler-receipt-${id}.json`);
  const entries = section(page, record.entries.heading);
  await button(entries, record.entries.check).click();
  await entries.getByText(/stand in the log, of/).waitFor();
});

test('sees through a receipt that was changed on its way', async ({ visitor }) => {
  const { id } = await asked();
  const page = await as(visitor, AUDITOR, `/audit/answers/${id}`, {});
  await page.route('**/receipt', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()).replace('metformin', 'metfermin') });
  });
  const proof = section(page, record.proof.heading);
  await button(proof, record.proof.take).click();
  await proof.getByRole('alert').getByText(record.proof.verdicts.fails.title, { exact: true }).waitFor();
});

test('asks the same again of the same snapshot, and gets the same', async ({ visitor }) => {
  const { id } = await asked();
  const page = await as(visitor, AUDITOR, `/audit/answers/${id}`, {});
  await button(page, record.replay.ask).click();
  await page.getByText(record.replay.same, { exact: true }).waitFor();
});

test('holds the words of an answer, and lifts that', async ({ visitor }) => {
  const { id } = await asked();
  const page = await as(visitor, AUDITOR, `/audit/answers/${id}`, {});
  await button(page, record.keeping.hold).click();
  const asking = dialog(page, record.keeping.holdTitle);
  await button(asking, record.keeping.hold).click();
  await asking.getByText(record.keeping.noReason, { exact: true }).waitFor();
  await asking.getByRole('textbox', { name: record.keeping.reason }).fill('A complaint is being looked into.');
  await button(asking, record.keeping.hold).click();
  await page.getByText(record.heldNotice, { exact: true }).waitFor();
  // What erases is not for auditors.
  expect(await button(page, record.keeping.erase).count()).toBe(0);
  await button(page, record.keeping.lift).click();
  await button(dialog(page, record.keeping.liftTitle), record.keeping.lift).click();
  await page.getByText(record.keeping.liftDone, { exact: true }).waitFor();
});

test('takes a bundle of what was found along', async ({ visitor }) => {
  const { evidence } = await asked();
  const page = await as(visitor, AUDITOR, `/audit/answers?document=${evidence[0]?.document.id ?? ''}`, {});
  const bundle = await saved(page, () => button(page, answersFound.take.bundle).click());
  expect(bundle.suggestedFilename()).toMatch(/^osler-.*\.tar(\.gz)?$/);
  await page.getByText(/has been saved, with the receipts of/).waitFor();
  const table = await saved(page, () => button(page, answersFound.take.csv).click());
  expect(table.suggestedFilename()).toMatch(/\.csv$/);
});

test('reads how the log stands, and its entries', async ({ visitor }) => {
  const page = await as(visitor, AUDITOR, '/audit/log', {});
  // Nothing outside witnesses it here.
  await page.getByText(log.health.alone.title, { exact: true }).waitFor();
  await page.getByText(log.keys.fingerprint, { exact: true }).waitFor();
  const entries = page.getByRole('list', { name: log.entries.list });
  await entries.getByRole('listitem').first().waitFor();
  await page.getByRole('textbox', { name: log.entries.form.action }).fill('session.');
  await button(page, log.entries.form.submit).click();
  await page.waitForURL(/action=session/);
  await eventually(async () => (await entries.getByRole('listitem').allTextContents()).every((one) => one.includes('session.')), true);
  expect(await entries.getByRole('listitem').count()).toBeGreaterThan(0);
});

test('reads what readers said, and the numbers', async ({ visitor }) => {
  const { id } = await asked();
  const clinician = await caller(inject('origin'), CLINICIAN);
  const comment = `The dose is not that of our ward (${id}).`;
  const said = { kind: 'safety', category: 'wrong_dose', severity: 'near_miss', statement: 1, comment };
  await clinician.call('POST', `/v1/answers/${id}/feedback`, said);
  const page = await as(visitor, AUDITOR, '/audit/feedback?kind=safety', {});
  const one = page.getByRole('list', { name: readers.list }).getByRole('listitem').filter({ hasText: comment });
  await one.getByText(readers.about(1), { exact: true }).waitFor();
  await one.getByRole('link', { name: readers.open }).click();
  await page.getByText(comment).waitFor();
  await page.goto('/audit');
  await heading(page, records.title).waitFor();
  await page.getByRole('figure').first().waitFor();
});
