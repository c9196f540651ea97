// What a review comes to, its signature and its files, against a server in memory.
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { problem } from '../../strings';
import { reviews as say } from '../../strings/reviews';
import { openPages } from '../../testing/pages';
import { anonymous, PASSWORD, refusal, signedIn } from '../../testing/session';
import { HASH, lines, ratedLines, SEED, serveReview, settledLines } from './sample';

const dora = signedIn('dora', { roles: ['auditor'], account: { id: 'id-dora', name: 'dora', full_name: 'Dora Dahl' } });
const signature = {
  by: 'id-dora',
  full_name: 'Dora Dahl',
  meaning: 'I approve the result',
  at: '2026-11-23T08:30:05Z',
  record_hash: HASH,
  signature: 'ef'.repeat(32),
};

const rowsOf = (name: string) =>
  within(screen.getByRole('table', { name }))
    .getAllByRole('row')
    .map((row) => [...row.children].map((cell) => cell.textContent));

const fact = (name: string) => screen.getByText(name, { selector: 'dt' }).nextElementSibling?.textContent;

async function barriers(container: HTMLElement) {
  const { violations } = await axe.run(container);
  return violations.map(({ id }) => id);
}

beforeEach(() => {
  sessionStorage.clear();
  vi.spyOn(globalThis, 'scrollTo').mockImplementation(() => undefined);
});

describe('a review that is being rated', () => {
  it('says how the sample was drawn and how far each is, and nothing of what they hold', async () => {
    serveReview(dora, { lines: ratedLines().map((line, at) => (at === 0 ? (lines()[0] ?? line) : line)) });
    const { container } = openPages('/audit/reviews/r-1');
    expect(await screen.findByRole('heading', { name: 'November, all wards', level: 1 })).toBeTruthy();
    expect(screen.getByText('Answers of 1 Oct 2026 to 31 Oct 2026')).toBeTruthy();
    expect(screen.getByText('2 answers drawn of 3 asked for, 4 items to rate')).toBeTruthy();
    const bars = screen.getAllByRole('progressbar').map((bar) => bar.getAttribute('aria-valuetext'));
    expect(bars).toEqual([say.rated(3, 4), say.rated(3, 4)]);
    expect(rowsOf(say.one.strata)).toEqual([
      [say.one.stratum, say.one.population, say.one.sampled, say.one.items],
      ['Answered', '9', '1', '3'],
      ['Too little evidence', '3', '1', '1'],
    ]);
    expect(screen.getByText(SEED)).toBeTruthy();
    expect(screen.getByText(say.one.waitForBoth)).toBeTruthy();
    for (const hidden of [say.results.title, say.sign.title, say.exports.title, say.desk.rate]) {
      expect(screen.queryByRole('heading', { name: hidden })).toBeNull();
    }
    expect(await barriers(container)).toEqual([]);
  });

  it('is not there for who has no part in it', async () => {
    serveReview(signedIn('eve'), {}, {
      'GET /v1/reviews/r-1': () => refusal(404, 'unknown_review', 'there is no review of that id'),
    });
    openPages('/audit/reviews/r-1');
    expect(await screen.findByText('There is no review of that id.')).toBeTruthy();
    expect(screen.queryByText(say.one.waitForBoth)).toBeNull();
  });

  it('is told that it could not be read, and is read when that is asked for', async () => {
    const { server } = serveReview(dora);
    const { 'GET /v1/reviews/r-1': read, ...others } = server.replies;
    server.replies = { ...others, 'GET /v1/reviews/r-1': () => refusal(500, 'internal', 'something failed') };
    openPages('/audit/reviews/r-1');
    const again = await screen.findByRole('button', { name: say.retry });
    expect(screen.getByText('Something failed.')).toBeTruthy();
    server.replies = { ...others, ...(read ? { 'GET /v1/reviews/r-1': read } : {}) };
    await userEvent.click(again);
    expect(await screen.findByText(say.one.waitForBoth)).toBeTruthy();
  });
});

describe('a review that waits for the third person', () => {
  it('says how many differences there are, and has no numbers yet', async () => {
    serveReview(signedIn('ada'), { lines: ratedLines(), adjudicator: 'id-cleo' });
    openPages('/audit/reviews/r-1');
    expect(await screen.findByText(say.one.differences(1))).toBeTruthy();
    expect(screen.getByText(say.one.waitForThird)).toBeTruthy();
    expect(screen.queryByRole('radiogroup')).toBeNull();
    expect(screen.queryByRole('heading', { name: say.results.title })).toBeNull();
    expect(screen.getByRole('link', { name: say.one.look })).toBeTruthy();
  });
});

describe('a review that is ready', () => {
  it('has its numbers with their intervals and what kappa means', async () => {
    serveReview(dora, { lines: settledLines() });
    const { container } = openPages('/audit/reviews/r-1');
    await screen.findByRole('heading', { name: say.results.title });
    const between = '95 % interval 30.1\u00a0% to 95.4\u00a0%';
    expect(fact(say.results.support)).toContain('75\u00a0%: 3 of 4 items');
    expect(fact(say.results.support)).toContain(between);
    expect(fact(say.results.weighted)).toContain('80\u00a0%');
    expect(fact(say.results.agreement)).toContain('the same rating for 3 of 4 items');
    const [kappa, ours] = screen.getAllByText(say.results.kappa, { selector: 'dt' }).map((one) => one.nextElementSibling?.textContent);
    expect(kappa).toContain('0.60 (95 % interval 0.21 to 0.99)');
    expect(kappa).toContain('Moderate agreement beyond chance. The interval reaches from fair to almost perfect.');
    expect(ours).toContain(say.results.noKappa);
    expect(rowsOf(say.results.byStratum).slice(1)).toEqual([
      ['Answered', '90\u00a0%', '3', '2 (66.7\u00a0%)', '30.1\u00a0% to 95.4\u00a0%'],
      ['Too little evidence', '10\u00a0%', '0', say.results.notDrawn, ''],
    ]);
    expect(await screen.findByRole('table', { name: say.results.between })).toBeTruthy();
    expect(await barriers(container)).toEqual([]);
  });

  it('has tables of who rated what how, counted from the items', async () => {
    serveReview(dora, { lines: settledLines() });
    openPages('/audit/reviews/r-1');
    await screen.findByRole('table', { name: say.results.between });
    const [head, supported, partly, , , , all] = rowsOf(say.results.between);
    expect(head?.[0]).toBe('Reviewer 1 / Reviewer 2');
    expect(supported).toEqual(['Supported', '3', '1', '0', '0', '0', '4']);
    expect(partly).toEqual(['Partly supported', '0', '0', '0', '0', '0', '0']);
    expect(all).toEqual(['All', '3', '1', '0', '0', '0', '4']);
    const against = rowsOf(say.results.against);
    expect(against.find(([name]) => name === 'Contradicted')).toEqual(['Contradicted', '1', '0', '0', '0', '0', '1']);
    expect(against.at(-1)).toEqual(['All', '2', '1', '0', '0', '0', '3']);
    expect(screen.getByRole('table', { name: say.results.between }).querySelectorAll('b')).toHaveLength(5);
  });

  it('can be taken along by an auditor', async () => {
    serveReview(dora, { lines: settledLines() });
    openPages('/audit/reviews/r-1');
    await screen.findByRole('heading', { name: say.exports.title });
    const links = ([['csv', say.exports.csv], ['ndjson', say.exports.ndjson], ['pdf', say.exports.pdf]] as const).map(
      ([format, name]) => [format, screen.getByRole('link', { name }).getAttribute('href')],
    );
    for (const [format, href] of links) expect(href).toBe(`/v1/reviews/r-1/export?format=${format}`);
  });

  it('shows its numbers to a clinician who rated, and lets them neither sign nor export', async () => {
    serveReview(signedIn('ada'), { lines: settledLines() });
    openPages('/audit/reviews/r-1');
    expect(await screen.findByRole('heading', { name: say.results.title })).toBeTruthy();
    expect(screen.queryByRole('heading', { name: say.sign.title })).toBeNull();
    expect(screen.queryByRole('heading', { name: say.exports.title })).toBeNull();
  });
});

describe('signing', () => {
  async function openForm() {
    const user = userEvent.setup();
    await user.click(await screen.findByRole('button', { name: say.sign.open }));
    const dialog = await screen.findByRole('alertdialog', { name: say.sign.dialog });
    const meaning = within(dialog).getByRole<HTMLTextAreaElement>('textbox', { name: new RegExp(`^${say.sign.meaning}`) });
    const password = within(dialog).getByLabelText<HTMLInputElement>(say.sign.password);
    const sign = within(dialog).getByRole('button', { name: say.sign.submit });
    return { user, dialog, meaning, password, sign };
  }

  it('says what it binds, asks for meaning and password, and shows the signature', async () => {
    const { sent } = serveReview(dora, { lines: settledLines() });
    const { services } = openPages('/audit/reviews/r-1');
    const { user, dialog, meaning, password, sign } = await openForm();
    expect(within(dialog).getByText(say.sign.binds)).toBeTruthy();
    expect(within(dialog).getByText(HASH)).toBeTruthy();
    expect(within(dialog).getByText(say.sign.as('Dora Dahl'))).toBeTruthy();
    expect(await barriers(dialog)).toEqual([]);
    await user.click(sign);
    expect(within(dialog).getByText(say.sign.errors.meaning)).toBeTruthy();
    expect(within(dialog).getByText(say.sign.errors.password)).toBeTruthy();
    expect(sent).toEqual([]);
    await user.type(meaning, 'I approve the result');
    await user.type(password, PASSWORD);
    await user.dblClick(sign);
    expect(await screen.findByRole('heading', { name: say.signature.title })).toBeTruthy();
    expect(sent).toEqual([{ meaning: 'I approve the result', record_hash: HASH, password: PASSWORD }]);
    expect(fact(say.signature.by)).toBe('Dora Dahl');
    expect(fact(say.signature.at)).toBe('23 Nov 2026, 08:30:05 UTC');
    expect(fact(say.signature.meaning)).toBe('I approve the result');
    expect(fact(say.signature.record)).toBe(HASH);
    expect(screen.getByText(say.signature.holds)).toBeTruthy();
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
    expect(screen.queryByRole('heading', { name: say.sign.title })).toBeNull();
    expect(JSON.stringify(services.queries.getMutationCache().getAll().map(({ state }) => state))).not.toContain(PASSWORD);
  });

  it('keeps the meaning and says at the password that it is wrong', async () => {
    serveReview(dora, { lines: settledLines() });
    openPages('/audit/reviews/r-1');
    const { user, dialog, meaning, password, sign } = await openForm();
    await user.type(meaning, 'I approve');
    await user.type(password, 'wrong');
    await user.click(sign);
    const error = await within(dialog).findByText(say.sign.errors.wrong);
    expect(password.getAttribute('aria-describedby')).toBe(error.id);
    expect(document.activeElement).toBe(password);
    expect([meaning.value, password.value]).toEqual(['I approve', '']);
  });

  it('takes no password from whoever the identity provider signs in, and says for how long that holds', async () => {
    const session = { ...dora, sign_in: { password: false, provider: 'Hospital ID' } };
    const { sent } = serveReview(session, { lines: settledLines() }, {
      'POST /v1/reviews/r-1/signature': (body) => {
        sent.push(body);
        return refusal(401, 'sign_in_again', 'you signed in a while ago: sign out and in again, and sign within five minutes');
      },
    });
    openPages('/audit/reviews/r-1');
    const { user, dialog, meaning, sign } = await openForm();
    expect(within(dialog).getByText(say.sign.provider('Hospital ID'))).toBeTruthy();
    await user.type(meaning, 'I approve');
    await user.click(sign);
    expect(await within(dialog).findByText(/^You signed in a while ago/)).toBeTruthy();
    expect(sent).toEqual([{ meaning: 'I approve', record_hash: HASH, password: '' }]);
  });

  it('says that the record has changed, and reads it again', async () => {
    const { server } = serveReview(dora, { lines: settledLines() }, {
      'POST /v1/reviews/r-1/signature': () => refusal(409, 'not_now', 'the record is not the one that was read: read it again before signing'),
    });
    openPages('/audit/reviews/r-1');
    const { user, dialog, meaning, password, sign } = await openForm();
    await user.type(meaning, 'I approve');
    await user.type(password, PASSWORD);
    await user.click(sign);
    expect(await within(dialog).findByText(/^The record is not the one that was read/)).toBeTruthy();
    const reads = () => server.asked.filter((one) => one === 'GET /v1/reviews/r-1').length;
    const before = reads();
    await user.click(within(dialog).getByRole('button', { name: say.sign.again }));
    await waitFor(() => expect(reads()).toBe(before + 1));
    expect(meaning.value).toBe('I approve');
    expect(within(dialog).queryByRole('button', { name: say.sign.again })).toBeNull();
  });
});

describe('a signed review', () => {
  it('can be looked at, and cannot be changed', async () => {
    serveReview(signedIn('ada'), { lines: settledLines(), signature });
    const { container } = openPages('/audit/reviews/r-1?item=1');
    expect(await screen.findByRole('region', { name: say.said.title })).toBeTruthy();
    expect(screen.getByText(say.signature.holds)).toBeTruthy();
    expect(screen.queryByRole('radiogroup')).toBeNull();
    expect(await barriers(container)).toEqual([]);
  });

  it('whose record was changed is an alarm', async () => {
    serveReview(dora, { lines: settledLines(), signature, holds: false });
    openPages('/audit/reviews/r-1');
    const alarm = (await screen.findByText(say.signature.fails)).closest('[role=alert]');
    expect(alarm?.textContent).toContain(say.signature.failsDetail);
    expect(screen.queryByText(say.signature.holds)).toBeNull();
  });
});

describe('whose role includes neither', () => {
  it('is told so', async () => {
    serveReview(anonymous, {}, { 'GET /v1/reviews/r-1': () => refusal(403, 'not_allowed', 'this needs the role auditor') });
    openPages('/audit/reviews/r-1');
    expect(await screen.findByText(problem.notAllowed)).toBeTruthy();
  });
});
