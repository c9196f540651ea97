// The administrator's pages at the real server: accounts, roles and keys, words erased by their id, and nothing of what was asked.
import { inject } from 'vitest';
import { accounts as say } from '../src/strings/accounts';
import { problem } from '../src/strings/problem';
import { record } from '../src/strings/record';
import { session } from '../src/strings/session';
import { shell } from '../src/strings/shell';
import { eventually, hasFocus } from './support/acts';
import { caller } from './support/api';
import { accountOf, as, button, dialog, heading, link, ownServer, signIn } from './support/desk';
import { ADMIN, AUDITOR, CLINICIAN } from './support/server';
import { expect, test } from './support/test';

test('adds an account, gives it roles and a key, and shuts it out', async ({ visitor, watch }) => {
  watch.expects(/status of (401|403|409|422)/);
  const page = await as(visitor, ADMIN, '/accounts', {});
  const nora = { name: 'nora', fullName: 'Nora Newcomer', password: 'a password to begin with' };
  await button(page, say.add).click();
  const adding = dialog(page, say.new.title);
  await adding.getByRole('textbox', { name: say.new.name }).fill(ADMIN.name);
  await adding.getByRole('textbox', { name: say.new.fullName }).fill(nora.fullName);
  await adding.getByLabel(say.new.password, { exact: true }).fill(nora.password);
  await button(adding, say.new.save).click();
  await adding.getByText(say.new.errors.taken, { exact: true }).waitFor();
  await adding.getByRole('textbox', { name: say.new.name }).fill(nora.name);
  await adding.getByLabel(say.new.password, { exact: true }).fill('short');
  await button(adding, say.new.save).click();
  await adding.getByText(/^A password has 12 to/).waitFor();
  await adding.getByLabel(say.new.password, { exact: true }).fill(nora.password);
  await button(adding, say.new.save).click();
  await page.getByRole('heading', { level: 1, name: nora.fullName }).waitFor();

  // She can come in, and has what the role gives.
  const hers = await visitor({});
  await signIn(hers, nora);
  expect(await link(hers, shell.library).count()).toBe(0);
  await page.getByRole('checkbox', { name: new RegExp(`^${session.roles.librarian}`) }).check({ force: true });
  await button(page, say.one.saveRoles).click();
  const roles = dialog(page, say.changeRoles.title);
  await roles.getByText(say.changeRoles.gains(session.roles.librarian), { exact: true }).waitFor();
  await button(roles, say.changeRoles.confirm).click();
  await page.getByText(say.one.saved, { exact: true }).waitFor();
  await hers.reload();
  await link(hers, shell.library).waitFor();

  await button(page, say.keys.add).click();
  const making = dialog(page, say.newKey.title);
  await making.getByRole('textbox', { name: say.newKey.label }).fill('ward information system');
  await button(making, say.newKey.save).click();
  const shown = dialog(page, say.newKey.shownTitle);
  const secret = (await shown.locator('code, output, input, pre').first().textContent()) ?? '';
  expect(secret.length).toBeGreaterThan(20);
  const asks = () =>
    fetch(`${inject('origin')}/v1/conversations`, { headers: { authorization: `Bearer ${secret}` } }).then(({ status }) => status);
  expect(await asks()).toBe(200);
  await eventually(() => hasFocus(shown), true);
  await page.keyboard.press('Escape');
  await shown.getByText(say.newKey.uncopied, { exact: true }).waitFor();
  await button(shown, say.newKey.done).click();
  await page.getByRole('row').filter({ hasText: 'ward information system' }).getByText(say.keys.states.works).waitFor();
  await page.reload();
  await page.getByText('ward information system').first().waitFor();
  expect(await page.content()).not.toContain(secret);

  await button(page, say.one.disable).click();
  await button(dialog(page, say.disabling.title), say.disabling.confirm).click();
  await page.getByText(say.one.disabledNote, { exact: true }).waitFor();
  expect(await asks()).toBe(401);
  // Whoever comes without an account may ask here, and no more.
  await hers.goto('/library');
  await hers.getByText(problem.notAllowed).first().waitFor();
  expect(await accountOf(hers, nora).count()).toBe(0);
  await page.goto('/accounts?q=nora');
  await page.getByRole('row').filter({ hasText: nora.name }).getByText(say.disabled, { exact: true }).waitFor();
});

test('shows an administrator neither the library nor what was asked', async ({ visitor, watch }) => {
  watch.expects(/status of 403/);
  const page = await as(visitor, ADMIN, '/accounts', {});
  await heading(page, say.title).waitFor();
  for (const other of [shell.library, shell.audit]) expect(await link(page, other).count()).toBe(0);
  for (const path of ['/library', '/library/documents', '/audit', '/audit/answers', '/audit/reviews']) {
    await page.goto(path);
    await page.getByText(problem.notAllowed).first().waitFor();
  }
  await page.goto('/');
  await page.getByText(session.notAsking.title, { exact: true }).waitFor();
  expect(await page.getByRole('textbox').count()).toBe(0);
});

const QUESTION = 'In adults with type 2 diabetes, when should metformin not be started?';

test('erases the words of an answer by its id alone, where that is allowed', async ({ visitor }) => {
  const { origin, stop } = await ownServer('[audit]\nearly_erasure = true\n');
  try {
    const { id } = await (await caller(origin, CLINICIAN)).ask(QUESTION);
    const page = await as(visitor, ADMIN, '/accounts', { origin });
    await link(page, say.areas.words).click();
    await page.getByRole('textbox', { name: say.words.id }).fill(id);
    await button(page, say.words.open).click();
    const asking = dialog(page, say.words.dialog);
    for (const line of [...say.words.gone, ...say.words.left]) await asking.getByText(line, { exact: true }).waitFor();
    await button(asking, say.words.act).click();
    await page.getByText(say.words.done, { exact: true }).waitFor();
    // The auditor finds that it was, and nothing of the words.
    const theirs = await as(visitor, AUDITOR, `/audit/answers/${id}`, { origin });
    await theirs.getByText(record.erased, { exact: true }).waitFor();
    await theirs.getByText(record.entries.actions['answer.erased'] ?? '', { exact: true }).first().waitFor();
    expect(await theirs.locator('main').textContent()).not.toContain(QUESTION);
  } finally {
    await stop();
  }
});

test('says why words must stay', async ({ visitor, watch }) => {
  watch.expects(/status of (404|409)/);
  const { id } = await (await caller(inject('origin'), CLINICIAN)).ask(QUESTION);
  const page = await as(visitor, ADMIN, '/accounts/words', {});
  const asking = dialog(page, say.words.dialog);
  const erase = async (what: string) => {
    await page.getByRole('textbox', { name: say.words.id }).fill(what);
    await button(page, say.words.open).click();
    await button(asking, say.words.act).click();
  };
  await erase('01234567-0123-0123-0123-0123456789ab');
  await asking.getByText(say.words.help.unknown, { exact: true }).waitFor();
  await page.keyboard.press('Escape');
  await erase(id);
  await asking.getByText(/early_erasure in \[audit\]/).waitFor();
  await page.keyboard.press('Escape');
  await (await caller(inject('origin'), AUDITOR)).call('PUT', `/v1/audit/answers/${id}/hold`, { reason: 'claim 2026-17' });
  await erase(id);
  await asking.getByText(say.words.help.held, { exact: true }).waitFor();
});
