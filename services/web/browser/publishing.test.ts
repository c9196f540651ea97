// From a gap to an answer and back, by two people: proposed, reviewed, approved, published, retracted, restored, rolled back.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';
import { answer as words, literature } from '../src/strings';
import { act } from '../src/strings/act';
import { changes } from '../src/strings/changes';
import { documentRecord as record } from '../src/strings/documents';
import { gaps } from '../src/strings/gaps';
import { reader } from '../src/strings/reader';
import { recall } from '../src/strings/recall';
import { DIFFICILE, DIFFICILE_QUESTION, SCABIES, VERTIGO } from './guidelines';
import { askAtHome, eventually, get, numberOf, citedIn, readerOf, type Turn } from './support/acts';
import { as, button, dialog, heading, link, ownServer, sign, STARTER, takeIn } from './support/desk';
import { AUDITOR, CLINICIAN, LIBRARIAN, PUBLISHER, SECOND_LIBRARIAN, type Server } from './support/server';
import { expect, test } from './support/test';

const METFORMIN = 'In adults with type 2 diabetes, when should metformin not be started?';
const { proposal: say, golden, snapshots } = changes;

let server: Server;
beforeAll(async () => {
  server = await ownServer();
});
afterAll(() => server.stop());

const here = () => ({ origin: server.origin });

/** Addresses that one test hands to the next. */
const at = { proposal: '', restoring: '', conversation: '' };
let old: Turn;

const titlesIn = ({ answer }: Turn) => citedIn(answer).map(({ evidence }) => evidence.document.title);

async function propose(page: Page, reason: string): Promise<string> {
  await page.goto('/library/changes');
  await button(page, changes.propose.open).click();
  const asking = dialog(page, changes.propose.title);
  await asking.getByRole('textbox', { name: changes.propose.reason }).fill(reason);
  await button(asking, changes.propose.act).click();
  await page.getByRole('heading', { level: 1, name: /^Proposal \d+/ }).waitFor();
  return new URL(page.url()).pathname;
}

/** Opens the question of what becomes of the document that is open, and answers it. */
async function change(page: Page, status: string, reason: string): Promise<void> {
  await button(page, record.head.change).click();
  const asking = dialog(page, record.standing.title);
  await asking.getByRole('radio', { name: new RegExp(`^${status}`) }).check({ force: true });
  await asking.getByRole('textbox', { name: record.standing.reason }).fill(reason);
  await asking.getByRole('button', { name: new RegExp(`^(${record.standing.act}|${record.standing.propose})$`) }).click();
}

const openRecord = async (page: Page, title: string) => {
  await page.goto(`/library/documents?q=${encodeURIComponent(title)}`);
  await link(page, title).click();
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
};

describe('two people', { concurrent: false }, () => {
  test('see what nobody could be answered', async ({ visitor }) => {
    const clinician = await as(visitor, CLINICIAN, '/', here());
    const { answer } = await askAtHome(clinician, DIFFICILE_QUESTION);
    expect(answer.status).toBe('no_evidence');
    const librarian = await as(visitor, LIBRARIAN, '/library/gaps', here());
    const gap = librarian.getByRole('article').filter({ has: heading(librarian, DIFFICILE_QUESTION) });
    await gap.getByText(gaps.times(1)).waitFor();
    // What is declined can be opened again.
    await gap.getByRole('button', { name: /^Decline gap/ }).click();
    const asking = dialog(librarian, gaps.decline.title);
    await asking.getByRole('textbox', { name: gaps.decline.note }).fill('Not yet.');
    await button(asking, gaps.decline.act).click();
    await librarian.getByText(gaps.decline.done(DIFFICILE_QUESTION), { exact: true }).waitFor();
    await librarian.getByRole('link', { name: /^Declined/ }).click();
    await librarian.getByRole('button', { name: /^Open again: gap/ }).click();
    const again = dialog(librarian, gaps.reopen.title);
    await again.getByRole('textbox', { name: gaps.reopen.note }).fill('A guideline has come.');
    await button(again, gaps.reopen.act).click();
    await librarian.getByText(gaps.reopen.done(DIFFICILE_QUESTION), { exact: true }).waitFor();
  });

  test('see before publishing what it would change', async ({ visitor }) => {
    const page = await as(visitor, LIBRARIAN, '/library/changes', here());
    await page.getByText(changes.staged.nothing, { exact: true }).waitFor();
    await takeIn(page, STARTER, [DIFFICILE]);
    await page.goto('/library/changes');
    await link(page, DIFFICILE.title).waitFor();
    await button(page, golden.edit).click();
    const writing = dialog(page, golden.dialog.title);
    await writing.getByRole('textbox', { name: golden.dialog.label }).fill(`${DIFFICILE_QUESTION}\n${METFORMIN}`);
    await button(writing, golden.dialog.act).click();
    await page.getByText(golden.dialog.saved(2), { exact: true }).waitFor();
    await button(page, golden.ask).click();
    await page.getByText(golden.over(1, 2), { exact: true }).waitFor();
    await page.getByText(golden.same(1), { exact: true }).waitFor();
    // The one that changes is open.
    await page.getByText(golden.nothingSaid, { exact: true }).waitFor();
    expect((await page.locator('ins').allTextContents()).join(' ')).toContain('fidaxomicin');
    await page.getByText(golden.come, { exact: true }).waitFor();
  });

  test('see it loudly when what was proposed is not what is there any more', async ({ visitor }) => {
    const page = await as(visitor, LIBRARIAN, '/library/changes', here());
    const first = await propose(page, 'A guideline on C. difficile');
    await takeIn(page, STARTER, [VERTIGO]);
    await page.goto(first);
    await page.getByRole('alert').getByText(say.changedTitle, { exact: true }).waitFor();
    expect(await button(page, say.acts.review).count()).toBe(0);
    const publisher = await as(visitor, PUBLISHER, first, here());
    await publisher.getByRole('alert').getByText(say.changedTitle, { exact: true }).waitFor();
    for (const name of [say.acts.approve, say.acts.execute]) expect(await button(publisher, name).count()).toBe(0);
    await button(page, say.acts.withdraw).click();
    const asking = dialog(page, say.withdraw.title);
    await asking.getByRole('textbox', { name: say.reason }).fill('More has come in.');
    await button(asking, say.withdraw.act).click();
    await page.getByText(say.withdraw.done, { exact: true }).waitFor();
    await page.getByText(say.ended.withdrawn, { exact: true }).waitFor();
  });

  test('propose and review, which alone puts nothing into force', async ({ visitor, watch }) => {
    watch.expects(/status of 401/);
    const page = await as(visitor, LIBRARIAN, '/library/changes', here());
    at.proposal = await propose(page, 'Two guidelines that were asked for');
    await button(page, say.acts.review).click();
    const signing = dialog(page, say.sign.titles.review);
    await signing.getByLabel(act.password, { exact: true }).fill('not the password');
    await button(signing, say.sign.act).click();
    await signing.getByText(act.wrongPassword, { exact: true }).waitFor();
    await button(signing, act.cancel).click();
    await sign(page, 'review', LIBRARIAN);
    for (const name of [say.acts.approve, say.acts.execute]) expect(await button(page, name).count()).toBe(0);
    // Not another librarian either.
    const other = await as(visitor, SECOND_LIBRARIAN, at.proposal, here());
    await other.getByText(say.notYours, { exact: true }).waitFor();
    const clinician = await as(visitor, CLINICIAN, '/', here());
    expect((await askAtHome(clinician, DIFFICILE_QUESTION)).answer.status).toBe('no_evidence');
  });

  test('approve and publish, and the question is answered from it', async ({ visitor }) => {
    const page = await as(visitor, PUBLISHER, at.proposal, here());
    await page.getByText('Two guidelines that were asked for').waitFor();
    expect(await button(page, say.acts.execute).count()).toBe(0);
    await sign(page, 'approve', PUBLISHER);
    await button(page, say.acts.execute).click();
    const asking = dialog(page, say.execute.title.publish);
    await button(asking, say.execute.act.publish).click();
    await page.getByText(say.execute.done.publish, { exact: true }).waitFor();
    const signatures = page.getByRole('region', { name: say.signatures.title });
    for (const { fullName } of [LIBRARIAN, PUBLISHER]) await signatures.getByText(fullName).first().waitFor();
    expect(await signatures.getByText(say.signatures.good).count()).toBe(2);
    const clinician = await as(visitor, CLINICIAN, '/', here());
    old = await askAtHome(clinician, DIFFICILE_QUESTION);
    expect(titlesIn(old)).toContain(DIFFICILE.title);
    at.conversation = new URL(clinician.url()).pathname;
  });

  test('see that the gap is filled, and by which snapshot', async ({ visitor }) => {
    const page = await as(visitor, LIBRARIAN, '/library/gaps?state=filled', here());
    await eventually(async () => {
      await page.reload();
      // It has their number once the list is there.
      await page.getByRole('link', { name: /^Filled\s*\d/ }).waitFor();
      return page.getByRole('article').filter({ has: heading(page, DIFFICILE_QUESTION) }).count();
    }, 1);
    await link(page, gaps.filled(2)).first().click();
    await page.getByText(snapshots.published(2)).waitFor();
  });

  test('retract: told whom it concerns before, and at once', async ({ visitor }) => {
    const page = await as(visitor, LIBRARIAN, '/library', here());
    await openRecord(page, DIFFICILE.title);
    await button(page, record.head.change).click();
    await dialog(page, record.standing.title).getByText(record.standing.cited(1, 1), { exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await change(page, literature.statuses.retracted, 'The issuer has taken it back.');
    const done = dialog(page, record.standing.doneTitle);
    await done.getByText(record.standing.affected(1, 1), { exact: true }).waitFor();
    await link(done, record.standing.recall).click();
    // Who keeps the library is not told what was asked.
    await page.getByRole('table', { name: recall.list.table }).waitFor();
    await page.getByText(recall.list.noQuestions, { exact: true }).waitFor();
    expect(await page.getByText(DIFFICILE_QUESTION).count()).toBe(0);
    const auditor = await as(visitor, AUDITOR, new URL(page.url()).pathname + new URL(page.url()).search, here());
    await auditor.getByRole('table', { name: recall.list.table }).getByText(DIFFICILE_QUESTION).waitFor();
  });

  test('leave the answer that was given as it was, and label what it rests on', async ({ visitor }) => {
    const page = await as(visitor, CLINICIAN, at.conversation, here());
    const article = page.getByRole('article', { name: DIFFICILE_QUESTION, exact: true });
    // Loudly, before anything of it is opened.
    await article.getByRole('alert').getByText(words.since, { exact: true }).waitFor();
    await article.getByText(new RegExp(`^${DIFFICILE.title}, version 1: ${reader.standing.retracted.title}`)).waitFor();
    const [cited] = citedIn(old.answer).filter(({ evidence }) => evidence.document.title === DIFFICILE.title);
    if (!cited) throw new Error('the old answer does not cite it');
    await numberOf(article, cited).click();
    await readerOf(page).getByRole('alert').getByText(reader.standing.retracted.title, { exact: true }).waitFor();
    const { answer } = await askAtHome(page, DIFFICILE_QUESTION);
    expect(JSON.stringify(answer)).not.toContain(DIFFICILE.title);
  });

  test('bring it back only by a proposal', async ({ visitor }) => {
    const page = await as(visitor, SECOND_LIBRARIAN, '/library', here());
    await openRecord(page, DIFFICILE.title);
    await change(page, literature.statuses.current, 'It was retracted by mistake.');
    await page.getByRole('heading', { level: 1, name: /restore a document$/ }).waitFor();
    at.restoring = new URL(page.url()).pathname;
    const { status } = await get<{ status: string }>(page, `/v1/documents/${citedIn(old.answer)[0]?.evidence.document.id ?? ''}`);
    expect(status).toBe('retracted');
    await sign(page, 'review', SECOND_LIBRARIAN);
    const publisher = await as(visitor, PUBLISHER, at.restoring, here());
    await sign(publisher, 'approve', PUBLISHER);
    await button(publisher, say.acts.restore).click();
    await button(dialog(publisher, say.execute.title.restore), say.execute.act.restore).click();
    await publisher.getByText(say.execute.done.restore, { exact: true }).waitFor();
    const clinician = await as(visitor, CLINICIAN, '/', here());
    expect(titlesIn(await askAtHome(clinician, DIFFICILE_QUESTION))).toContain(DIFFICILE.title);
  });

  test('go back to an earlier snapshot, with reason and password, but not while something is staged', async ({ visitor, watch }) => {
    watch.expects(/status of 409/);
    const librarian = await as(visitor, LIBRARIAN, '/library/ingest', here());
    await takeIn(librarian, STARTER, [SCABIES]);
    const page = await as(visitor, PUBLISHER, '/library/snapshots', here());
    await page.getByText(snapshots.published(2)).waitFor();
    await button(page, snapshots.backTo(1)).click();
    const asking = dialog(page, `${snapshots.backTo(1)}?`);
    await asking.getByRole('textbox', { name: snapshots.dialog.reason }).fill('Something is wrong with it.');
    const goBack = async () => {
      await asking.getByLabel(act.password, { exact: true }).fill(PUBLISHER.password);
      await button(asking, snapshots.dialog.act).click();
    };
    await goBack();
    await asking.getByText(snapshots.dialog.help['staged'] ?? '').waitFor();
    await openRecord(librarian, SCABIES.title);
    await change(librarian, literature.statuses.withdrawn, 'Not now.');
    await dialog(librarian, record.standing.doneTitle).waitFor();
    await goBack();
    await page.getByText(snapshots.dialog.done(1), { exact: true }).waitFor();
    await page.getByText(snapshots.behind, { exact: true }).waitFor();
    await page.getByText('Something is wrong with it.').first().waitFor();
    const clinician = await as(visitor, CLINICIAN, '/', here());
    expect((await askAtHome(clinician, DIFFICILE_QUESTION)).answer).toMatchObject({ status: 'no_evidence', snapshot: 1 });
    await librarian.goto('/library/snapshots');
    await librarian.getByText(snapshots.behind, { exact: true }).waitFor();
    expect(await librarian.getByRole('button', { name: /^Go (back|on) to/ }).count()).toBe(0);
  });
});
