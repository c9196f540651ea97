// What is watched, as an auditor has it above the numbers and in the navigation, against a server in memory.
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { alarms as say } from '../strings/alarms';
import { audit } from '../strings/audit';
import { records } from '../strings/records';
import { openPages } from '../testing/pages';
import { fakeServer, json, refusal, type Replies, signedIn } from '../testing/session';
import { limitOf, valueOf } from './measures';
import { measure, quiet, watching } from './sample';
import type { Watch } from './types';

const numbers = {
  ...{ days: 1, periods: [], statuses: [], verdicts: [], standings: [], retracted_when_cited: 0, stale_when_cited: 0 },
  ...{ corpora: [], models: [], feedback: [], corpus: null, model: null },
};

const open = (watch: Watch, more: Replies = {}, address = '/audit') => {
  const server = fakeServer(signedIn('ada', { roles: ['auditor'] }), {
    'GET /v1/audit/alarms': () => json(watch),
    'GET /v1/audit/figures': () => json(numbers),
    'GET /v1/corpora': () => json({ corpora: [] }),
    ...more,
  });
  return { server, ...openPages(address) };
};

const table = () => screen.findByRole('table', { name: say.table });
const rows = async () =>
  within(await table()).getAllByRole('row').slice(1).map((row) => [...row.children].slice(0, 4).map((cell) => cell.textContent));
const linksOf = async (name: string) =>
  within(within(await table()).getByRole('rowheader', { name }).closest('tr') as HTMLElement)
    .getAllByRole('link')
    .map((link) => link.getAttribute('href'));

const share = (n: string) => `${n}\u00a0%`;

beforeEach(() => {
  vi.spyOn(globalThis, 'scrollTo').mockImplementation(() => undefined);
});

describe('while nothing is wrong', () => {
  it('each measure has its value, its limit with the side that is wrong, and its state in words', async () => {
    open(quiet);
    const { names, states } = say;
    expect(await rows()).toEqual([
      [names.supported, share('98.4'), `raised below ${share('90')}`, states.quiet],
      [names.abstained, share('20'), `raised above ${share('60')}`, states.quiet],
      [names.failed, share('1'), `raised above ${share('2')}`, states.quiet],
      [names.contradicted, share('1'), `raised above ${share('2')}`, states.quiet],
      [names.stale, share('1'), `raised above ${share('10')}`, states.quiet],
      [names.retracted, '0 citations', say.any, states.quiet],
      [names.disagreed, '1 per 100 answers', 'raised above 10 per 100 answers', states.quiet],
      [names.identifiers, share('1'), `raised above ${share('5')}`, states.quiet],
      [names.p99_ms, '4,100\u00a0ms', say.noLimit, states.unwatched],
      [names.waiting_hours, say.nothing, 'raised above 24 hours', states.quiet],
    ]);
    expect(screen.getByText(say.none)).toBeTruthy();
    expect(screen.queryByRole('alert')).toBeNull();
    expect(screen.getByText(/from 21 Nov 2026, 12:00 UTC to 28 Nov 2026, 12:00 UTC: 1,342 questions/)).toBeTruthy();
    expect(screen.getByText(say.part)).toBeTruthy();
    expect(screen.getByRole('navigation', { name: audit.area }).textContent).toMatch(new RegExp(`^${audit.areas.figures}${audit.areas.answers}`));
  });

  it('with few questions, says that shares are not judged', async () => {
    open(watching({ failed: { value: 0.5, state: 'too_few' } }, { questions: 2 }));
    expect((await rows())[2]?.[3]).toBe(say.states.too_few);
    expect(screen.getByText(new RegExp(say.least('50')))).toBeTruthy();
    expect(screen.getByText(say.none)).toBeTruthy();
  });
});

describe('what is raised', () => {
  const wrong = watching({
    failed: { value: 0.035, state: 'raised' },
    waiting_hours: { value: 30.5, state: 'raised' },
  });

  it('stands first, is said aloud, and is counted in the navigation on every page of the area', async () => {
    const { server } = open(wrong);
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain(say.raised('2'));
    expect(alert.textContent).toContain(`${say.names.failed}: ${share('3.5')}, raised above ${share('2')}.`);
    expect(alert.textContent).toContain(`${say.names.waiting_hours}: 30.5 hours, raised above 24 hours.`);
    const all = await rows();
    expect(all.slice(0, 3).map(([name]) => name)).toEqual([say.names.failed, say.names.waiting_hours, say.names.supported]);
    expect(all[0]?.[3]).toBe(say.states.raised);
    const link = `${audit.areas.figures} 2 ${say.waiting}`;
    const nav = screen.getByRole('navigation', { name: audit.area });
    expect(within(nav).getByRole('link', { name: link })).toBeTruthy();
    // Read once for both.
    expect(server.asked.filter((one) => one === 'GET /v1/audit/alarms')).toHaveLength(1);
    await userEvent.click(within(nav).getByRole('link', { name: audit.areas.recall }));
    expect(await screen.findByRole('link', { name: link })).toBeTruthy();
    expect(server.asked.filter((one) => one === 'GET /v1/audit/alarms')).toHaveLength(1);
  });

  it('has the way to what one does next', async () => {
    const statuses = [{ name: 'answered', count: 9 }, { name: 'failed: model_unavailable', count: 2 }, { name: 'timeout', count: 1 }];
    open(wrong, { 'GET /v1/audit/figures': () => json({ ...numbers, statuses }) });
    const days = 'from=2026-11-21T12%3A00%3A00Z&to=2026-11-28T12%3A00%3A00Z';
    expect(await linksOf(say.names.contradicted)).toEqual([`/audit/answers?${days}&verdict=contradicted`]);
    await screen.findByRole('link', { name: /model was away/ });
    expect(await linksOf(say.names.failed)).toEqual([
      `/audit/answers?${days}&status=failed%3A+model_unavailable`,
      `/audit/answers?${days}&status=timeout`,
    ]);
    expect(await linksOf(say.names.retracted)).toEqual(['/library/documents?status=retracted', '/audit/recall']);
    expect(await linksOf(say.names.stale)).toEqual(['/library/documents?status=superseded', '/audit/recall']);
    expect(await linksOf(say.names.waiting_hours)).toEqual(['/audit/feedback?kind=safety&state=open']);
    expect(await linksOf(say.names.disagreed)).toEqual(['/audit/feedback?kind=disagree']);
    expect(await linksOf(say.names.abstained)).toEqual([`/audit/answers?${days}&status=no_evidence`, '/library/gaps']);
  });

  it('has no barriers that a checker finds', async () => {
    const { container } = open(wrong);
    await table();
    expect((await axe.run(container)).violations.map(({ id }) => id)).toEqual([]);
  });
});

describe('where it cannot be read', () => {
  it('says so, and the numbers are there all the same', async () => {
    const { server } = open(quiet, { 'GET /v1/audit/alarms': () => refusal(500, 'internal', 'something failed') });
    expect(await screen.findByText(say.failed)).toBeTruthy();
    expect(await screen.findByText(records.empty)).toBeTruthy();
    server.replies['GET /v1/audit/alarms'] = () => json(quiet);
    await userEvent.click(screen.getByRole('button', { name: say.retry }));
    expect(await table()).toBeTruthy();
  });

  it('as an older server watches nothing, nothing is said of it', async () => {
    const { server } = open(quiet);
    delete server.replies['GET /v1/audit/alarms'];
    expect(await screen.findByText(records.empty)).toBeTruthy();
    expect(screen.queryByText(say.failed)).toBeNull();
    expect(screen.queryByRole('heading', { name: say.title })).toBeNull();
  });

  it('others than auditors do not ask for it', async () => {
    const server = fakeServer(signedIn('lin', { roles: ['librarian'] }), {});
    openPages('/audit/recall');
    await screen.findByRole('navigation', { name: audit.area });
    expect(server.asked).not.toContain('GET /v1/audit/alarms');
  });
});

describe('limits and values in words', () => {
  it('say when a limit can never be passed', () => {
    expect(limitOf(measure('abstained', { limit: 1 }))).toBe(say.never(share('100')));
    expect(limitOf(measure('supported', { limit: 0, side: 'below' }))).toBe(say.never(share('0')));
    expect(limitOf(measure('supported', { limit: 1, side: 'below' }))).toBe(`raised below ${share('100')}`);
    expect(limitOf(measure('disagreed', { limit: 1 }))).toBe(say.never('100 per 100 answers'));
    expect(limitOf(measure('p99_ms', { limit: 1 }))).toBe('raised above 1\u00a0ms');
  });

  it('tell a value from a limit that is near', () => {
    expect(valueOf(measure('contradicted', { value: 0.0201 }))).toBe(share('2.01'));
    expect(valueOf(measure('retracted', { value: 1 }))).toBe('1 citation');
  });

  it('go without words for what a newer server watches', () => {
    expect(valueOf(measure('constructor' as never, { value: 0.25 }))).toBe('0.25');
  });
});
