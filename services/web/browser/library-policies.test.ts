// What may be done with a corpus at the real server: narrowed by one person at once, begun by two, and kept with its past.
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';
import { literature } from '../src/strings';
import { changes } from '../src/strings/changes';
import { corpora } from '../src/strings/corpora';
import { policies } from '../src/strings/policies';
import type { CorpusRecord } from '../src/library/types';
import { VERTIGO } from './guidelines';
import { eventually, get } from './support/acts';
import { as, button, dialog, heading, link, ownServer, sign, STARTER, takeIn } from './support/desk';
import { AUDITOR, LIBRARIAN, PUBLISHER, type Server } from './support/server';
import { expect, test } from './support/test';

const { form, history, differences } = policies;
const { proposal: say } = changes;

let server: Server;
beforeAll(async () => {
  server = await ownServer();
});
afterAll(() => server.stop());

const here = () => ({ origin: server.origin });

const field = (place: Locator, name: string) => place.getByRole('textbox', { name: new RegExp(`^${name}`) });
const right = (place: Locator, name: keyof typeof form.rightNames) =>
  place.getByRole('checkbox', { name: new RegExp(`^${form.rightNames[name]}`) });
const entries = (page: Page) => page.getByRole('list', { name: history.title, exact: true }).getByRole('listitem');

describe('a policy', { concurrent: false }, () => {
  test('is narrowed by one person at once, and seen in the history with what it changed', async ({ visitor }) => {
    const page = await as(visitor, LIBRARIAN, '/library', here());
    await link(page, STARTER).click();
    await page.getByRole('heading', { level: 1, name: STARTER }).waitFor();
    await page.getByText(corpora.rights.quote(null, true), { exact: true }).waitFor();
    const before = await entries(page).count();
    await button(page, policies.change).click();
    const writing = dialog(page, form.titles.change(STARTER));
    await writing.getByText(form.consequences.nothing, { exact: true }).waitFor();
    await field(writing, form.quoteWords).fill('40');
    await right(writing, 'export').uncheck({ force: true });
    await field(writing, form.reason).fill('Their letter of May');
    await writing.getByText(form.consequences.narrower, { exact: true }).waitFor();
    await button(writing, form.act.narrower).click();
    await page.getByText(form.inForce(before + 1), { exact: true }).waitFor();
    await page.getByText(corpora.rights.quote(40, true), { exact: true }).waitFor();
    await page.getByText(corpora.rights.export(false), { exact: true }).waitFor();
    await page.reload();
    await eventually(() => entries(page).count(), before + 1);
    const newest = entries(page).first();
    await newest.getByText(history.inForce, { exact: true }).waitFor();
    for (const words of ['Their letter of May', LIBRARIAN.fullName, differences.words(40), differences.notAllowed]) {
      await newest.getByText(words).first().waitFor();
    }
    expect(await newest.getByText(differences.allows.less, { exact: true }).count()).toBe(2);
    expect(await entries(page).getByText(history.inForce, { exact: true }).count()).toBe(1);
  });

  test('is changed by nobody who only publishes or audits', async ({ visitor }) => {
    for (const who of [PUBLISHER, AUDITOR]) {
      const page = await as(visitor, who, '/library/corpora/starter', here());
      await heading(page, history.title).waitFor();
      expect(await button(page, policies.change).count()).toBe(0);
      await page.goto('/library');
      await heading(page, STARTER).waitFor();
      expect(await button(page, policies.add).count()).toBe(0);
    }
  });

  test('is widened again only by a proposal, which another look shows on the page of the corpus', async ({ visitor }) => {
    const page = await as(visitor, LIBRARIAN, '/library/corpora/starter', here());
    await button(page, policies.change).click();
    const writing = dialog(page, form.titles.change(STARTER));
    await field(writing, form.quoteWords).fill('');
    await field(writing, form.reason).fill('It was a mistake');
    await writing.getByText(form.consequences.proposal, { exact: true }).waitFor();
    await button(writing, form.act.proposal).click();
    await link(dialog(page, form.proposedTitle), policies.toProposal).click();
    const told = page.getByRole('region', { name: say.policy.title, exact: true });
    await told.getByText(differences.words(40)).waitFor();
    await told.getByText(differences.allows.more, { exact: true }).waitFor();
    await link(page, say.policy.toCorpus).click();
    await page.getByText(policies.proposed, { exact: true }).waitFor();
    await page.getByText(corpora.rights.quote(40, true), { exact: true }).waitFor();
  });
});

describe('a new corpus', { concurrent: false }, () => {
  const TITLE = 'Rules of ward seven';
  /** An address that one test hands to the next. */
  let proposal = '';

  test('is proposed by a librarian', async ({ visitor }) => {
    const page = await as(visitor, LIBRARIAN, '/library', here());
    await button(page, policies.add).click();
    const writing = dialog(page, form.titles.add);
    await field(writing, form.id).fill('starter');
    await field(writing, form.title).fill(TITLE);
    await field(writing, form.issuer).fill('Ward seven');
    await field(writing, form.licence).fill('Our own');
    await field(writing, form.jurisdiction).fill('international');
    await field(writing, form.language).fill('en');
    await field(writing, form.reason).fill('The ward has its own rules');
    await writing.getByRole('radio', { name: literature.kinds.local_policy, exact: true }).check({ force: true });
    for (const name of ['index', 'display'] as const) await right(writing, name).check({ force: true });
    await button(writing, form.act.proposal).click();
    await writing.getByText(form.faults.idTaken, { exact: true }).waitFor();
    await field(writing, form.id).fill('ward-7');
    await button(writing, form.act.proposal).click();
    await link(dialog(page, form.proposedTitle), policies.toProposal).click();
    await page.getByRole('heading', { level: 1, name: new RegExp(`new corpus ${TITLE}$`) }).waitFor();
    proposal = new URL(page.url()).pathname;
    await sign(page, 'review', LIBRARIAN);
    for (const name of [say.acts.approve, say.acts.policy]) expect(await button(page, name).count()).toBe(0);
    await page.goto('/library');
    await heading(page, STARTER).waitFor();
    expect(await heading(page, TITLE).count()).toBe(0);
  });

  test('is approved and put in force by another', async ({ visitor }) => {
    const page = await as(visitor, PUBLISHER, proposal, here());
    const told = page.getByRole('region', { name: say.policy.newTitle, exact: true });
    await told.getByText('Our own', { exact: true }).waitFor();
    await sign(page, 'approve', PUBLISHER);
    await button(page, say.acts.policy).click();
    const asking = dialog(page, say.execute.title.policy);
    await asking.getByText(say.execute.policy(true), { exact: true }).waitFor();
    await button(asking, say.execute.act.policy).click();
    await page.getByText(say.execute.done.policy, { exact: true }).waitFor();
    await link(page, say.policy.toCorpus).click();
    await page.getByRole('heading', { level: 1, name: TITLE, exact: true }).waitFor();
    await eventually(() => entries(page).count(), 1);
  });

  test('takes documents in', async ({ visitor }) => {
    const page = await as(visitor, LIBRARIAN, '/library/ingest', here());
    await takeIn(page, TITLE, [VERTIGO]);
    const { health } = await get<CorpusRecord>(page, '/v1/library/corpora/ward-7');
    expect(health.documents).toBe(1);
    await page.goto('/library/documents?corpus=ward-7');
    await link(page, VERTIGO.title).waitFor();
    await page.goto('/library/snapshots');
    await link(page.getByRole('list', { name: changes.snapshots.decisions.title, exact: true }), TITLE).first().waitFor();
  });
});
