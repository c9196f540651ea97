// The auditor's workbench at the real server: an answer is found, proved in the browser, asked again, held and taken along; numbers
// are narrowed, and reports of a risk are handled.
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { inject } from 'vitest';
import { alarms } from '../src/strings/alarms';
import { answersFound } from '../src/strings/answersFound';
import { log } from '../src/strings/log';
import { record } from '../src/strings/record';
import { readers } from '../src/strings/readers';
import { records } from '../src/strings/records';
import { caller } from './support/api';
import { saved } from './support/acts';
import { as, button, dialog, heading, link, STARTER } from './support/desk';
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
  // Only what was searched for has the way back to all.
  await link(form, answersFound.form.all).waitFor();
  expect(new URL(page.url()).searchParams.get('document')).toBe(evidence[0]?.document.id);
  const found = page.getByRole('list', { name: answersFound.list.label });
  await found.locator(`a[href$="/${id}"]`).click();
  await heading(page, record.title).waitFor();
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
  await link(page, log.entries.form.all).waitFor();
  expect(new URL(page.url()).searchParams.get('action')).toBe('session.');
  await entries.getByRole('listitem').first().waitFor();
  expect((await entries.getByRole('listitem').allTextContents()).filter((one) => !one.includes('session.'))).toEqual([]);
});

/** A report of a risk, on an answer of its own. */
async function reported(): Promise<{ answer: string; comment: string }> {
  const { id: answer } = await asked();
  const clinician = await caller(inject('origin'), CLINICIAN);
  const comment = `The dose is not that of our ward (${answer}).`;
  const said = { kind: 'safety', category: 'wrong_dose', severity: 'near_miss', statement: 1, comment };
  await clinician.call('POST', `/v1/answers/${answer}/feedback`, said);
  return { answer, comment };
}

const reportOf = (page: Page, comment: string) =>
  page.getByRole('list', { name: readers.list }).getByRole('article').filter({ hasText: comment });

test('reads what readers said, and the numbers', async ({ visitor }) => {
  const { comment } = await reported();
  const page = await as(visitor, AUDITOR, '/audit/feedback?kind=safety', {});
  const one = reportOf(page, comment);
  await one.getByText(readers.about(1), { exact: true }).waitFor();
  await one.getByRole('link', { name: readers.open }).click();
  await heading(page, record.title).waitFor();
  await page.getByText(comment).waitFor();
  await page.goto('/audit');
  await heading(page, records.title).waitFor();
  await page.getByRole('figure').first().waitFor();
});

test('narrows the numbers to a corpus and to what no model wrote, and the address keeps it', async ({ visitor }) => {
  await asked();
  await (await caller(inject('origin'), CLINICIAN)).ask('Is zorbimab given for zorbitis?');
  const page = await as(visitor, AUDITOR, '/audit', {});
  const ended = section(page, records.shares.statuses.title);
  const abstained = records.shares.statuses.words['no_evidence'] ?? '';
  await ended.getByText(abstained, { exact: true }).waitFor();
  await page.getByRole('table', { name: alarms.table }).getByText(alarms.names.waiting_hours, { exact: true }).waitFor();
  const corpus = page.getByRole('combobox', { name: records.narrow.corpus, exact: true });
  await corpus.selectOption({ label: STARTER });
  await page.waitForURL(/corpus=starter/);
  await page.getByText(records.narrow.toCorpus(STARTER)).waitFor();
  // What cites nothing is not among them.
  await ended.waitFor();
  expect(await ended.getByText(abstained, { exact: true }).count()).toBe(0);
  const model = page.getByRole('combobox', { name: records.narrow.model, exact: true });
  await model.selectOption({ label: records.narrow.noModel });
  await page.waitForURL(/corpus=starter.*model=none/);
  await page.reload();
  await page.getByText(records.narrow.toNoModel).waitFor();
  await page.getByRole('figure').first().waitFor();
  expect([await corpus.inputValue(), await model.inputValue()]).toEqual(['starter', 'none']);
  await link(page, records.narrow.clear).click();
  await ended.getByText(abstained, { exact: true }).waitFor();
  expect(new URL(page.url()).search).toBe('');
});

test('takes a report of a risk up and closes it, with the keyboard, and finds it where it then is', async ({ visitor }) => {
  const { answer, comment } = await reported();
  const { acknowledged, closed } = readers.deeds;
  const page = await as(visitor, AUDITOR, '/audit/feedback?kind=safety&state=open', {});
  const one = reportOf(page, comment);
  await one.getByText(readers.states.open, { exact: true }).waitFor();
  await one.focus();
  await page.keyboard.press('a');
  await button(dialog(page, acknowledged.title), acknowledged.act).click();
  await page.getByText(acknowledged.done, { exact: true }).waitFor();
  await one.waitFor({ state: 'detached' });

  await page.goto('/audit/feedback?kind=safety&state=acknowledged');
  await one.getByText(readers.moves.by(readers.moves.you), { exact: true }).waitFor();
  await one.focus();
  await page.keyboard.press('c');
  const closing = dialog(page, closed.title);
  await button(closing, closed.act).click();
  await closing.getByText(closed.missing ?? '', { exact: true }).waitFor();
  await closing.getByText(readers.handle.noOutcome, { exact: true }).waitFor();
  const note = `The ward goes by another guideline (${answer}).`;
  await closing.getByRole('textbox').fill(note);
  const { label } = readers.outcomes.no_fault;
  await closing.getByRole('radio', { name: new RegExp(`^${label}`) }).check({ force: true });
  await button(closing, closed.act).click();
  await page.getByText(closed.done, { exact: true }).waitFor();

  await page.goto('/audit/feedback?kind=safety&state=closed');
  await one.getByText(note, { exact: true }).waitFor();
  await one.getByText(readers.moves.outcome(label), { exact: true }).waitFor();
  // The record of the answer says so, too.
  await one.getByRole('link', { name: readers.open }).click();
  await section(page, record.feedback.heading).getByText(readers.states.closed, { exact: true }).first().waitFor();
});

test('says when somebody else was faster with a report, and keeps what was typed', async ({ visitor, watch }) => {
  watch.expects(/status of 409/);
  const { comment } = await reported();
  const page = await as(visitor, AUDITOR, '/audit/feedback?kind=safety&state=open', {});
  const { acknowledged } = readers.deeds;
  await reportOf(page, comment).getByRole('button', { name: new RegExp(`^${acknowledged.act}`) }).click();
  const auditor = await caller(inject('origin'), AUDITOR);
  const waiting = '/v1/audit/feedback?kind=safety&state=open&limit=500';
  const { feedback } = await auditor.call<{ feedback: { id: string; comment: string | null }[] }>('GET', waiting);
  const report = feedback.find((said) => said.comment === comment);
  await auditor.call('POST', `/v1/audit/feedback/${report?.id ?? ''}/handling`, { to: 'acknowledged' });
  const taking = dialog(page, acknowledged.title);
  await taking.getByRole('textbox').fill('I look into it.');
  await button(taking, acknowledged.act).click();
  await taking.getByText(readers.handle.changed, { exact: true }).waitFor();
  expect(await taking.getByRole('textbox').inputValue()).toBe('I look into it.');
  await page.keyboard.press('Escape');
  // As long as the dialog is open, no role of the page below it is found.
  await heading(page, readers.title).waitFor();
  await reportOf(page, comment).waitFor({ state: 'detached' });
});

test('takes the reports along, with nobody named and nothing that was written', async ({ visitor }) => {
  const { answer, comment } = await reported();
  const page = await as(visitor, AUDITOR, '/audit/feedback', {});
  await heading(page, readers.take.heading).waitFor();
  for (const [name, ending] of [[readers.take.csv, 'csv'], [readers.take.ndjson, 'ndjson']] as const) {
    const file = await saved(page, () => link(page, name).click());
    expect(file.suggestedFilename()).toMatch(new RegExp(`\\.${ending}$`));
    const text = await readFile(await file.path(), 'utf8');
    expect(text).toContain(answer);
    for (const secret of [comment, CLINICIAN.name, CLINICIAN.fullName]) expect(text).not.toContain(secret);
  }
});
