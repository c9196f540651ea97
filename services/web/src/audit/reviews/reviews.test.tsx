// The list of reviews, beginning one, and the way there for a clinician.
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { reviews as say } from '../../strings/reviews';
import { session as account } from '../../strings/session';
import { openPages } from '../../testing/pages';
import { fakeServer, json, refusal, type Replies, signedIn } from '../../testing/session';
import { begun } from './begin';
import { ADA, given, lines, serveReview, settledLines } from './sample';

const dora = signedIn('dora', { roles: ['auditor'] });

async function barriers(container: HTMLElement) {
  const { violations } = await axe.run(container);
  return violations.map(({ id }) => id);
}

beforeEach(() => {
  sessionStorage.clear();
  vi.spyOn(globalThis, 'scrollTo').mockImplementation(() => undefined);
});

describe('the list', () => {
  it('says where each review stands and how far its reviewers are', async () => {
    serveReview(signedIn('ada'), { lines: lines().map((line, at) => (at < 3 ? { ...line, first: given(ADA, 'supported') } : line)) });
    const { container } = openPages('/audit/reviews');
    const list = await screen.findByRole('list', { name: say.list });
    expect(within(list).getByRole('link', { name: 'November, all wards' }).getAttribute('href')).toBe('/audit/reviews/r-1');
    expect(within(list).getByText(say.states.open)).toBeTruthy();
    expect(within(list).getByText(say.waits)).toBeTruthy();
    expect(within(list).getByText('Answers of 1 Oct 2026 to 31 Oct 2026')).toBeTruthy();
    const bars = within(list).getAllByRole('progressbar');
    expect(bars.map((bar) => bar.getAttribute('aria-valuetext'))).toEqual([say.rated(3, 4), say.rated(0, 4)]);
    expect(within(list).getByText(say.you(say.reviewer(0)))).toBeTruthy();
    expect(screen.queryByRole('button', { name: say.begin })).toBeNull();
    expect(await barriers(container)).toEqual([]);
  });

  it('goes on where the server had nothing to tell in a stretch, and further when that is asked for', async () => {
    const review = { ...(await sampleReview()), id: 'r-2', title: 'October' };
    const stretches: Record<string, unknown> = {
      '': { reviews: [], next: 7 },
      7: { reviews: [review], next: 3 },
      3: { reviews: [{ ...review, id: 'r-3', title: 'September' }], next: null },
    };
    fakeServer(signedIn('ada'), { 'GET /v1/reviews': (_, url) => json(stretches[url.searchParams.get('before') ?? '']) });
    openPages('/audit/reviews');
    expect(await screen.findByRole('link', { name: 'October' })).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: say.more }));
    expect(await screen.findByRole('link', { name: 'September' })).toBeTruthy();
    expect(screen.queryByRole('button', { name: say.more })).toBeNull();
  });

  it('that is empty says what will be there', async () => {
    fakeServer(signedIn('ada'), { 'GET /v1/reviews': () => json({ reviews: [], next: null }) });
    const { container } = openPages('/audit/reviews');
    expect(await screen.findByText(say.empty)).toBeTruthy();
    expect(await barriers(container)).toEqual([]);
  });

  it('that could not be read can be read again', async () => {
    const server = fakeServer(dora, { 'GET /v1/reviews': () => refusal(500, 'internal', 'something failed') });
    openPages('/audit/reviews');
    await screen.findByText(say.failed);
    server.replies['GET /v1/reviews'] = () => json({ reviews: [], next: null });
    await userEvent.click(screen.getByRole('button', { name: say.retry }));
    expect(await screen.findByText(say.emptyAuditor)).toBeTruthy();
  });
});

async function sampleReview() {
  serveReview(dora, { lines: settledLines() });
  const response = await fetch(new URL('/v1/reviews/r-1', location.origin));
  return (await response.json()) as Record<string, unknown>;
}

describe('beginning a review', () => {
  async function openForm(replies: Replies) {
    const { server } = serveReview(dora, {}, replies);
    const opened = openPages('/audit/reviews');
    const user = userEvent.setup();
    await user.click(await screen.findByRole('button', { name: say.begin }));
    const dialog = await screen.findByRole('dialog', { name: say.new.title });
    const field = (name: string) => within(dialog).getByLabelText<HTMLInputElement>(new RegExp(`^${name}`));
    const submit = () => user.click(within(dialog).getByRole('button', { name: say.new.submit }));
    return { user, dialog, field, submit, server, ...opened };
  }
  const fill = async ({ user, field }: Awaited<ReturnType<typeof openForm>>) => {
    await user.type(field(say.new.name), 'Ward 3');
    await user.type(field(say.new.one), 'ada');
    await user.type(field(say.new.two), ' Ben ');
  };
  /** What a field says is wrong with it. */
  const errorOf = (input: HTMLInputElement) =>
    (input.getAttribute('aria-describedby') ?? '')
      .split(' ')
      .map((id) => document.getElementById(id)?.textContent ?? '')
      .join(' ');

  it('asks for the last full month, and opens the review that was drawn', async () => {
    const bodies: unknown[] = [];
    const form = await openForm({
      'POST /v1/reviews': async (body) => {
        bodies.push(body);
        return json(await sampleReview(), 201);
      },
    });
    expect(within(form.dialog).getByText(say.new.strata)).toBeTruthy();
    const month = begun(Date.now());
    expect([form.field(say.new.from).value, form.field(say.new.to).value]).toEqual([month.from, month.to]);
    expect(await barriers(form.dialog)).toEqual([]);
    await fill(form);
    await form.submit();
    await waitFor(() => expect(form.pages.state.location.pathname).toBe('/audit/reviews/r-1'));
    expect(bodies).toHaveLength(1);
    expect(bodies[0]).toMatchObject({ title: 'Ward 3', size: 50, reviewers: ['ada', 'Ben'], adjudicator: null, seed: null });
    expect(bodies[0]).toMatchObject({ from: `${month.from}T00:00:00.000Z` });
  });

  it('says at each field what is wrong with it, and asks the server nothing', async () => {
    const form = await openForm({});
    await form.user.clear(form.field(say.new.size));
    await form.user.type(form.field(say.new.size), '0');
    await form.user.type(form.field(say.new.one), 'ada');
    await form.user.type(form.field(say.new.two), 'ADA');
    await form.user.type(form.field(say.new.seed), 'xyz');
    await form.submit();
    expect(errorOf(form.field(say.new.name))).toContain(say.new.errors.name);
    expect(errorOf(form.field(say.new.size))).toContain(say.new.errors.size);
    expect(errorOf(form.field(say.new.two))).toContain(say.new.errors.same);
    expect(errorOf(form.field(say.new.seed))).toContain(say.new.errors.seed);
    expect(document.activeElement).toBe(form.field(say.new.name));
    expect(form.server.asked).not.toContain('POST /v1/reviews');
    expect(await barriers(form.dialog)).toEqual([]);
  });

  it.each([
    ['bad_reviewer', 'ben is neither a clinician nor an auditor', say.new.two],
    ['bad_field', 'who settles the differences must not be one of the two reviewers', say.new.third],
    ['bad_field', 'the sample is empty: choose a range with answers in it, and a size of at least one', say.new.size],
    ['bad_field', 'the seed is not 64 hexadecimal digits', say.new.seed],
    ['bad_field', 'the title is longer than 2000 characters', say.new.name],
    ['bad_time', 'to must be a time, as in 2026-11-01T00:00:00Z', say.new.to],
  ])('keeps what was entered when the server refuses it: %s, %s', async (code, detail, name) => {
    const form = await openForm({ 'POST /v1/reviews': () => refusal(422, code, detail) });
    await fill(form);
    await form.submit();
    await waitFor(() => expect(errorOf(form.field(name))).toContain(detail.slice(1)));
    expect(document.activeElement).toBe(form.field(name));
    expect([form.field(say.new.name).value, form.field(say.new.one).value]).toEqual(['Ward 3', 'ada']);
    expect(within(form.dialog).queryByText(say.new.failed)).toBeNull();
  });

  it('says of an unknown account that it may be any of those that were named', async () => {
    const form = await openForm({ 'POST /v1/reviews': () => refusal(404, 'unknown_account', 'there is no account of that id') });
    await fill(form);
    await form.submit();
    expect(await within(form.dialog).findByRole('alert')).toBeTruthy();
    for (const name of [say.new.one, say.new.two]) {
      expect(form.field(name).getAttribute('aria-invalid')).toBe('true');
      expect(errorOf(form.field(name))).toContain(say.new.errors.unknown);
    }
    expect(form.field(say.new.third).getAttribute('aria-invalid')).toBeNull();
  });

  it('keeps what was entered when the dialog is left and opened again', async () => {
    const form = await openForm({});
    await form.user.type(form.field(say.new.name), 'Half a ti');
    await form.user.click(within(form.dialog).getByRole('button', { name: say.new.cancel }));
    await form.user.click(await screen.findByRole('button', { name: say.begin }));
    const name = await screen.findByLabelText<HTMLInputElement>(new RegExp(`^${say.new.name}`));
    expect(name.value).toBe('Half a ti');
  });
});

describe('the way for a clinician', () => {
  const menu = async (name: string) => userEvent.click(await screen.findByRole('button', { name: account.account.of(name) }));

  it('is in the account’s menu when something waits, and is asked for only then', async () => {
    const { server } = serveReview(signedIn('ada'));
    const { pages } = openPages('/about');
    await menu('ada');
    await userEvent.click(await screen.findByRole('link', { name: say.toRate }));
    await waitFor(() => expect(pages.state.location.pathname).toBe('/audit/reviews'));
    expect(await screen.findByRole('link', { name: 'November, all wards' })).toBeTruthy();
    expect(screen.queryByRole('dialog', { name: account.account.label })).toBeNull();
    expect(server.asked.indexOf('GET /v1/reviews')).toBeGreaterThan(0);
  });

  it('is not there when nothing waits, nor for an auditor, and nothing is asked before the menu is opened', async () => {
    const rated = lines().map((line) => ({ ...line, first: given(ADA, 'supported') }));
    const { server } = serveReview(signedIn('ada'), { lines: rated });
    openPages('/about');
    await screen.findByRole('button', { name: account.account.of('ada') });
    expect(server.asked).not.toContain('GET /v1/reviews');
    await menu('ada');
    await waitFor(() => expect(server.asked).toContain('GET /v1/reviews'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(screen.queryByRole('link', { name: say.toRate })).toBeNull();

    const { server: other } = serveReview(signedIn('ada', { roles: ['clinician', 'auditor'] }));
    openPages('/about');
    await menu('ada');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(other.asked).not.toContain('GET /v1/reviews');
  });
});
