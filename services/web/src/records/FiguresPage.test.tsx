// The numbers over time, as an auditor has them, against a server in memory.
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { problem, shell } from '../strings';
import { records as say } from '../strings/records';
import { openPages } from '../testing/pages';
import { anonymous, fakeServer, json, refusal, signedIn } from '../testing/session';
import { dayOf, firstDay, nameOfDay, ranges } from './range';
import { quiet } from './sample';
import type { Figures, Period } from './types';
import { dayLong } from './words';

const today = dayOf(Date.now());
const period = (ago: number, change: Partial<Period> = {}): Period => ({
  day: nameOfDay(today - ago),
  questions: 8,
  people: 2,
  answered: 4,
  abstained: 2,
  inconclusive: 0,
  failed: 1,
  statements: 40,
  supported: 39,
  p50_ms: 1200,
  p99_ms: 4000,
  ...change,
});

const sample: Figures = {
  days: 1,
  periods: [period(4), period(1, { questions: 1, answered: 0, abstained: 1, failed: 0, statements: 0, supported: 0 })],
  statuses: [{ name: 'answered', count: 4 }, { name: 'no_evidence', count: 3 }, { name: 'failed: model_down', count: 1 }],
  verdicts: [{ name: 'supported', count: 39 }, { name: 'partial', count: 1 }],
  standings: [{ name: 'current', count: 38 }, { name: 'superseded', count: 2 }],
  retracted_when_cited: 0,
  stale_when_cited: 2,
  corpora: [{ name: 'starter', count: 40 }],
  models: [{ name: 'none', count: 9 }],
  feedback: [{ name: 'disagree', count: 1 }],
  corpus: null,
  model: null,
};

const corpora = { corpora: [{ id: 'starter', title: 'Starter corpus' }, { id: 'empty', title: 'Nothing cited' }] };

const auditor = signedIn('ada', { roles: ['auditor'] });
const open = (figures: Partial<Figures> = {}, address = '/audit?days=7') => {
  fakeServer(auditor, {
    'GET /v1/audit/figures': (_, { searchParams }) =>
      json({ ...sample, corpus: searchParams.get('corpus'), model: searchParams.get('model'), ...figures }),
    'GET /v1/audit/alarms': () => json(quiet),
    'GET /v1/corpora': () => json(corpora),
  });
  return openPages(address);
};
const askedFor = () =>
  vi
    .mocked(fetch)
    .mock.calls.map(([input]) => new URL(new Request(input).url))
    .filter(({ pathname }) => pathname === '/v1/audit/figures');

/** What the table of a plot says, once it is opened. */
async function numbersOf(title: string): Promise<string[][]> {
  const figure = await screen.findByRole('heading', { name: title }).then((heading) => heading.closest('figure'));
  if (!figure) throw new Error('no figure');
  await userEvent.click(within(figure).getByRole('button', { name: new RegExp(`^${say.numbers}`) }));
  const rows = within(within(figure).getByRole('table', { name: title })).getAllByRole('row');
  return rows.map((row) => [...row.children].map((cell) => cell.textContent));
}

beforeEach(() => {
  sessionStorage.clear();
  vi.spyOn(globalThis, 'scrollTo').mockImplementation(() => undefined);
});

describe('the plots', () => {
  it('say in words what they show, and the latest value', async () => {
    open();
    const heading = await screen.findByRole('heading', { name: say.outcome.title });
    const caption = heading.closest('figcaption')?.textContent;
    expect(caption).toContain('0 questions. Answered: 0; Abstained: 0; Failed: 0; In work: 0.');
    expect(screen.getByText(`Latest, ${dayLong(nameOfDay(today - 4))}: 97.5 % of 40.`)).toBeTruthy();
    expect(screen.getByText(/half within 1,200\sms, 99 of 100 within 4,000\sms/)).toBeTruthy();
    const pictures = screen.getAllByRole('img');
    expect(pictures.map((one) => one.getAttribute('aria-label'))).toEqual([
      say.outcome.label(1),
      say.support.label(1),
      say.time.label(1),
    ]);
  });

  it('have tables that are what the server said, with nothing left out between', async () => {
    open();
    const days = [6, 5, 4, 3, 2, 1, 0].map((ago) => dayLong(nameOfDay(today - ago)));
    const questions = await numbersOf(say.outcome.title);
    expect(questions[0]).toEqual(['Day', 'All', 'Answered', 'Abstained', 'Failed', 'In work', 'People']);
    expect(questions.slice(1).map(([day]) => day)).toEqual(days);
    expect(questions[3]).toEqual([days[2], '8', '4', '2', '1', '1', '2']);
    expect(questions[4]).toEqual([days[3], '0', '0', '0', '0', '0', '0']);
    expect((await numbersOf(say.support.title))[3]).toEqual([days[2], '97.5\u00a0%', '39', '40']);
    const times = await numbersOf(say.time.title);
    expect(times[3]).toEqual([days[2], '1,200\u00a0ms', '4,000\u00a0ms']);
    expect(times[4]).toEqual([days[3], '–', '–']);
  });

  it('tell apart what half a search did not find, where there is such', async () => {
    open({ periods: [period(4, { questions: 9, inconclusive: 2 })], statuses: [{ name: 'inconclusive', count: 2 }] });
    const questions = await numbersOf(say.outcome.title);
    expect(questions[0]).toEqual(['Day', 'All', 'Answered', 'Abstained', 'Failed', say.outcome.inconclusive, 'People']);
    expect(questions[3]).toEqual([dayLong(nameOfDay(today - 4)), '9', '4', '2', '1', '2', '2']);
    expect(screen.getByText(say.shares.statuses.words['inconclusive'] ?? '?')).toBeTruthy();
  });

  it('draw a bar for each part that is there, and a line with gaps', async () => {
    const { container } = open();
    await screen.findAllByRole('img');
    const [bars, line] = [...container.querySelectorAll('svg[role=img]')];
    expect(bars?.querySelectorAll('rect:not(pattern rect)')).toHaveLength(5);
    expect(line?.querySelectorAll('circle')).toHaveLength(1);
  });
});

describe('the range', () => {
  it('is in the address, and sets how long a period is', async () => {
    const { pages } = open({}, '/audit');
    const group = await screen.findByRole('radiogroup', { name: say.range });
    expect(within(group).getByRole<HTMLInputElement>('radio', { name: say.ranges[30] }).checked).toBe(true);
    await userEvent.click(within(group).getByRole('radio', { name: say.ranges[365] }));
    await waitFor(() => expect(pages.state.location.href).toBe('/audit?days=365'));
    await waitFor(() => expect(askedFor()).toHaveLength(2));
    const wanted = ranges.filter(({ days }) => [30, 365].includes(days)).map((one) => firstDay(one, Date.now()));
    expect(askedFor().map(({ searchParams }) => [searchParams.get('from'), searchParams.get('days')])).toEqual([
      [wanted[0], '1'],
      [wanted[1], '30'],
    ]);
  });

  it('without questions is said to be so', async () => {
    open({ periods: [] });
    expect(await screen.findByText(say.empty)).toBeTruthy();
    expect(screen.queryByRole('img')).toBeNull();
  });
});

describe('what they are narrowed to', () => {
  const select = (name: string) => screen.findByRole<HTMLSelectElement>('combobox', { name });
  const optionsOf = (of: HTMLSelectElement) => [...of.options].map(({ text }) => text);
  const HASHED = `writer@${'ab'.repeat(32)}`;

  it('is chosen from what there is, by title where that is known, and stands in the address', async () => {
    const { pages } = open({ corpora: [{ name: 'starter', count: 3 }, { name: 'gone', count: 1 }], models: [{ name: HASHED, count: 2 }, { name: 'none', count: 9 }] });
    const corpus = await select(say.narrow.corpus);
    await waitFor(() => expect(optionsOf(corpus)).toEqual([say.narrow.allCorpora, 'Starter corpus', 'Nothing cited', 'gone']));
    expect(optionsOf(await select(say.narrow.model))).toEqual([say.narrow.allModels, 'writer@abababababab…', say.narrow.noModel]);
    await userEvent.selectOptions(corpus, 'Starter corpus');
    await waitFor(() => expect(pages.state.location.search).toEqual({ days: '7', corpus: 'starter' }));
    await userEvent.selectOptions(await select(say.narrow.model), say.narrow.noModel);
    await waitFor(() => expect(pages.state.location.search).toEqual({ days: '7', corpus: 'starter', model: 'none' }));
    const last = askedFor().at(-1)?.searchParams;
    expect([last?.get('corpus'), last?.get('model'), last?.get('days')]).toEqual(['starter', 'none', '1']);
    // What can be chosen stays what there is.
    expect(optionsOf(await select(say.narrow.corpus))).toHaveLength(4);
  });

  it('is said, with what it leaves out, and can be undone', async () => {
    const { pages } = open({}, `/audit?days=7&corpus=starter&model=${HASHED}`);
    const line = await screen.findByText(say.narrow.toCorpus('Starter corpus'), { exact: false });
    expect(line.textContent).toContain('Abstentions and failures cite nothing');
    expect(line.textContent).toContain(say.narrow.toModel('writer@abababababab…'));
    expect(await screen.findByText(say.retracted.noneOfThese)).toBeTruthy();
    await userEvent.click(screen.getByRole('link', { name: say.narrow.clear }));
    await waitFor(() => expect(pages.state.location.href).toBe('/audit?days=7'));
    await waitFor(() => expect(screen.queryByText(say.narrow.toCorpus('Starter corpus'), { exact: false })).toBeNull());
    expect(await screen.findByText(say.retracted.noneDetail)).toBeTruthy();
  });

  it('is kept when another range is chosen', async () => {
    const { pages } = open({}, '/audit?corpus=starter');
    await userEvent.click(await screen.findByRole('radio', { name: say.ranges[90] }));
    await waitFor(() => expect(pages.state.location.search).toEqual({ days: '90', corpus: 'starter' }));
  });

  it('by a name that nobody knows, gives nothing and says so', async () => {
    open({ periods: [] }, '/audit?corpus=constructor');
    expect(await screen.findByText(say.narrow.empty)).toBeTruthy();
    expect((await select(say.narrow.corpus)).value).toBe('constructor');
  });

  it('is not what it seems at a server that does not narrow', async () => {
    open({ corpus: null }, '/audit?corpus=starter');
    expect(await screen.findByText(say.narrow.notNarrowed)).toBeTruthy();
    expect(screen.queryByRole('link', { name: say.narrow.clear })).toBeNull();
  });

  it('is nothing at first, and then the numbers are read once', async () => {
    open();
    await screen.findByRole('heading', { name: say.outcome.title });
    expect(askedFor()).toHaveLength(1);
    expect([...(askedFor()[0]?.searchParams.keys() ?? [])]).toEqual(['from', 'days']);
  });
});

describe('the lists', () => {
  it('say how often, and of how many', async () => {
    open();
    const list = (await screen.findByRole('heading', { name: say.shares.statuses.title })).closest('section');
    const lines = within(list as HTMLElement).getAllByRole('listitem');
    expect(lines.map((one) => one.textContent)).toEqual([
      'Answered 4 (50\u00a0%)',
      'Too little evidence 3 (37.5\u00a0%)',
      'Failed: model_down 1 (12.5\u00a0%)',
    ]);
    expect(screen.getByText(say.shares.feedback.words['disagree'] ?? '')).toBeTruthy();
    expect(screen.getByText(say.stale('2', false))).toBeTruthy();
  });
});

describe('what was retracted when it was cited', () => {
  it('is none, as it must be', async () => {
    open();
    expect(await screen.findByText(say.retracted.none)).toBeTruthy();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('is an alarm otherwise', async () => {
    open({ retracted_when_cited: 1 });
    expect((await screen.findByRole('alert')).textContent).toContain(say.retracted.some('1', true));
    expect(screen.queryByText(say.retracted.none)).toBeNull();
  });
});

describe('who may see it', () => {
  it('an auditor gets there from every page', async () => {
    open({}, '/');
    await userEvent.click(await screen.findByRole('link', { name: shell.audit }));
    expect(await screen.findByRole('heading', { name: say.title, level: 1 })).toBeTruthy();
  });

  it('others have no link, and are told that their role does not include it', async () => {
    fakeServer(anonymous, { 'GET /v1/audit/figures': () => refusal(403, 'not_allowed', 'this needs the role auditor') });
    openPages('/audit');
    expect(await screen.findByText(problem.notAllowed)).toBeTruthy();
    expect(screen.queryByRole('link', { name: shell.audit })).toBeNull();
  });

  it('has no barriers that a checker finds', async () => {
    const { container } = open({ retracted_when_cited: 2 });
    await numbersOf(say.time.title);
    const { violations } = await axe.run(container);
    expect(violations.map(({ id }) => id)).toEqual([]);
  });
});
