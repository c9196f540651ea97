// Each filter is set, seen, sent with the question, and cleared; so is an older state of the library.
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Answer, Corpus, Filters } from '../api/types';
import type { Session } from '../session/types';
import { ask as say, literature } from '../strings';
import { openPages } from '../testing/pages';
import { answerWith } from '../testing/sample';
import { anonymous, fakeServer, json, refusal, signedIn } from '../testing/session';

const words = say.filters;

const corpus = (id: string, change: Partial<Corpus>): Corpus => ({
  id,
  title: `Corpus ${id}`,
  issuer: 'Teaching Library',
  kind: 'guideline',
  licence: 'CC0-1.0',
  rights: { index: true, display: true, export: true },
  jurisdiction: 'international',
  language: 'en',
  documents: 3,
  versions: 3,
  passages: 9,
  ...change,
});
const held = [corpus('starter', {}), corpus('local', { issuer: 'Diabetes Board', jurisdiction: 'NG', documents: 1 })];

let asked: { question: string; filters?: Filters; as_of?: number }[] = [];

function start(session: Session | null = anonymous, replies: Parameters<typeof fakeServer>[1] = {}) {
  fakeServer(session, {
    'GET /v1/corpora': () => json({ corpora: held }),
    'GET /v1/about': () => json({ snapshot: 5 }),
    'POST /v1/answers': (body) => {
      asked.push(body as (typeof asked)[number]);
      const answer = answerWith({ id: `a-${asked.length}`, ...(body as Pick<Answer, 'question' | 'filters' | 'as_of'>) });
      return new Response(`event: done\ndata: ${JSON.stringify(answer)}\n\n`);
    },
    ...replies,
  });
  return openPages('/');
}

const button = async (name: string = words.button) => screen.findByRole('button', { name });
const closed = () => waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());

async function open(name?: string) {
  await userEvent.click(await button(name));
  const panel = within(await screen.findByRole('dialog', { name: words.title }));
  await panel.findByRole('checkbox', { name: /^Corpus starter/ });
  return panel;
}

const unfold = async (panel: Awaited<ReturnType<typeof open>>, title: string) =>
  userEvent.click(panel.getByRole('button', { name: title }));

async function close() {
  await userEvent.keyboard('{Escape}');
  await closed();
}

/** Asks, and gives what was sent. */
async function ask(question: string) {
  const before = asked.length;
  await userEvent.type(await screen.findByRole('textbox'), `${question}{Enter}`);
  await waitFor(() => expect(asked).toHaveLength(before + 1));
  await screen.findByRole('article', { name: question });
  return asked.at(-1);
}

const wide = globalThis.matchMedia;

beforeEach(() => {
  asked = [];
  vi.spyOn(globalThis, 'scrollTo').mockImplementation(() => undefined);
  Element.prototype.scrollIntoView = () => undefined;
});
afterEach(() => {
  globalThis.matchMedia = wide;
});

type Panel = Awaited<ReturnType<typeof open>>;
const tick = (name: string | RegExp) => (panel: Panel) => userEvent.click(panel.getByRole('checkbox', { name }));
const inside = (title: string, act: (panel: Panel) => Promise<void>) => async (panel: Panel) => {
  await unfold(panel, title);
  await act(panel);
};
const write = (name: string, text: string) => (panel: Panel) =>
  userEvent.type(panel.getByRole('textbox', { name }), text);

/** In the order of the panel: what it narrows to, how that is said, and how it is set. */
const each: [Filters, string, (panel: Panel) => Promise<void>][] = [
  [{ corpora: ['local'] }, 'corpora: Corpus local', tick(/^Corpus local/)],
  [{ kinds: ['trial'] }, `kinds: ${literature.kinds.trial}`, tick(literature.kinds.trial)],
  [{ from_year: 2018 }, words.said.from_year('2018'), write(words.years.from, '2018')],
  [{ to_year: 2020 }, words.said.to_year('2020'), write(words.years.to, '2020')],
  [
    { full_text_only: true },
    words.said.full_text_only(''),
    (panel) => userEvent.click(panel.getByRole('switch', { name: words.wholeTexts })),
  ],
  [{ populations: ['pregnant'] }, words.said.populations('Pregnant'), inside(words.populations, tick('Pregnant'))],
  [
    { statuses: ['corrected'] },
    words.said.statuses('Corrected'),
    inside(words.standing, tick(literature.statuses.corrected)),
  ],
  [
    { issuers: ['Diabetes Board'] },
    words.said.issuers('Diabetes Board'),
    inside(words.issuers.title, tick('Diabetes Board')),
  ],
  [{ jurisdictions: ['NG'] }, words.said.jurisdictions('NG'), inside(words.places.title, tick(/^NG/))],
];

describe('a filter', () => {
  it('that is not set is not sent', async () => {
    start();
    expect(await ask('first')).not.toHaveProperty('filters');
    expect(asked[0]).not.toHaveProperty('as_of');
  });

  it('of each kind is set, seen, sent, said with the answer, and cleared', async () => {
    start();
    const panel = await open();
    for (const [, , set] of each) await set(panel);
    await close();
    const summary = words.only(each.map(([, said]) => said));
    expect(await button(words.some(each.length))).toBeTruthy();
    expect(screen.getByText(summary)).toBeTruthy();
    expect((await ask('first'))?.filters).toEqual(Object.assign({}, ...each.map(([filter]) => filter)));
    expect(within(screen.getByRole('article', { name: 'first' })).getByText(summary)).toBeTruthy();

    await userEvent.click((await open(words.some(each.length))).getByRole('button', { name: words.clear }));
    expect(screen.getByRole<HTMLInputElement>('textbox', { name: words.years.from }).value).toBe('');
    await close();
    expect(await button()).toBeTruthy();
    expect(await ask('second')).not.toHaveProperty('filters');
    expect(within(screen.getByRole('article', { name: 'second' })).queryByText(summary)).toBeNull();
  });

  it('that is set stands open when the panel is opened again', async () => {
    start();
    let panel = await open();
    await inside(words.standing, tick(literature.statuses.corrected))(panel);
    await close();
    panel = await open(words.some(1));
    expect(panel.getByRole('button', { name: words.chosen(words.standing, 1), expanded: true })).toBeTruthy();
    expect(panel.getByRole<HTMLInputElement>('checkbox', { name: literature.statuses.corrected }).checked).toBe(true);
    expect(panel.queryByRole('checkbox', { name: literature.statuses.retracted })).toBeNull();
  });
});

describe('years', () => {
  it('that end before they begin do not narrow, and it is said', async () => {
    start();
    const panel = await open();
    await write(words.years.from, '2020')(panel);
    await write(words.years.to, '2015')(panel);
    const field = panel.getByRole('textbox', { name: words.years.to });
    expect(field.getAttribute('aria-invalid')).toBe('true');
    expect(panel.getByRole('status').textContent).toContain(words.years.reversed);
    await close();
    expect(await button()).toBeTruthy();
    expect(await ask('first')).not.toHaveProperty('filters');
  });

  it('that are none are said to be once the field is left, and do not narrow', async () => {
    start();
    const panel = await open();
    await write(words.years.from, '20')(panel);
    expect(panel.queryAllByText(words.years.noYear)).toEqual([]);
    await userEvent.tab();
    expect(panel.queryAllByText(words.years.noYear)).not.toEqual([]);
    await userEvent.type(panel.getByRole('textbox', { name: words.years.from }), '19');
    expect(panel.queryAllByText(words.years.noYear)).toEqual([]);
    await close();
    expect((await ask('first'))?.filters).toEqual({ from_year: 2019 });
  });
});

describe('another name', () => {
  it('is added with Enter, without asking anything, and is taken away again', async () => {
    start();
    const panel = await open();
    await inside(words.issuers.title, write(words.issuers.other, ' National Board {Enter}'))(panel);
    const box = panel.getByRole<HTMLInputElement>('checkbox', { name: 'National Board' });
    expect(box.checked).toBe(true);
    expect(panel.getByRole<HTMLInputElement>('textbox', { name: words.issuers.other }).value).toBe('');
    // One that stands there already, in another case, is ticked instead.
    await write(words.issuers.other, 'DIABETES BOARD{Enter}')(panel);
    expect(panel.getAllByRole('checkbox', { name: /diabetes board/i, checked: true })).toHaveLength(1);
    await userEvent.click(box);
    expect(panel.getByRole<HTMLInputElement>('checkbox', { name: 'National Board' }).checked).toBe(false);
    expect(asked).toEqual([]);
    await close();
    expect((await ask('first'))?.filters).toEqual({ issuers: ['Diabetes Board'] });
  });

  it('must be a name', async () => {
    start();
    const panel = await open();
    await inside(words.places.title, write(words.places.other, ' {Enter}'))(panel);
    expect(panel.getByText(words.names.empty)).toBeTruthy();
    await close();
    expect(await button()).toBeTruthy();
  });
});

describe('an older state of the library', () => {
  const numbered = (panel: Panel, text: string) => inside(say.asOf.title, write(say.asOf.number, `${text}{Enter}`))(panel);

  it('is asked by its number, said above the field until it is left, and said with the answer', async () => {
    start();
    await numbered(await open(), '3');
    await close();
    const notice = say.asOf.notice(say.asOf.snapshot(3));
    expect(screen.getByText(notice)).toBeTruthy();
    expect((await ask('first'))?.as_of).toBe(3);
    expect(within(screen.getByRole('article', { name: 'first' })).getByText(say.asOf.asked(say.asOf.snapshot(3)))).toBeTruthy();
    expect(screen.getByText(notice)).toBeTruthy();

    await userEvent.click(screen.getByRole('button', { name: say.asOf.back }));
    expect(screen.queryByText(notice)).toBeNull();
    expect(document.activeElement).toBe(screen.getByRole('textbox'));
    expect(await ask('second')).not.toHaveProperty('as_of');
  });

  it('is not the current one, nor a later one, nor none', async () => {
    start();
    const panel = await open();
    await unfold(panel, say.asOf.title);
    const field = panel.getByRole('textbox', { name: say.asOf.number });
    await waitFor(() => expect(panel.getByText(say.asOf.numberNote(5))).toBeTruthy());
    for (const text of ['5', '6', '0', 'x']) {
      await userEvent.clear(field);
      await userEvent.type(field, '4{Enter}{Backspace}');
      expect(panel.queryByText(say.asOf.wrong(5))).toBeNull();
      await userEvent.type(field, `${text}{Enter}`);
      expect(panel.getByText(say.asOf.wrong(5))).toBeTruthy();
    }
  });

  it('is chosen by its day by those who may see the list, and from what is not the current one', async () => {
    const actor = { id: 'p', name: 'p', full_name: null };
    const snapshots = [5, 4, 3].map((number) => ({ number, published_at: `2026-03-0${number}T10:00:00Z`, actor, reason: 'r' }));
    start(signedIn('both', { roles: ['clinician', 'librarian'] }), {
      'GET /v1/library/snapshots': () => json({ decisions: [], head: 5, published: 5, staged: 6, snapshots }),
    });
    const panel = await open();
    await unfold(panel, say.asOf.title);
    const list = await panel.findByRole('combobox', { name: say.asOf.label });
    expect(within(list).getAllByRole('option').map((one) => one.textContent)).toEqual([
      say.asOf.now, '4 Mar 2026 (snapshot 4)', '3 Mar 2026 (snapshot 3)',
    ]);
    await userEvent.selectOptions(list, '3 Mar 2026 (snapshot 3)');
    await close();
    expect(screen.getByText(say.asOf.notice('3 Mar 2026 (snapshot 3)'))).toBeTruthy();
    expect((await ask('first'))?.as_of).toBe(3);
  });

  it('is asked by its number where the list cannot be had', async () => {
    start(signedIn('both', { roles: ['clinician', 'librarian'] }), {
      'GET /v1/library/snapshots': () => refusal(403, 'not_allowed', 'no'),
    });
    const panel = await open();
    await unfold(panel, say.asOf.title);
    expect(await panel.findByRole('textbox', { name: say.asOf.number })).toBeTruthy();
  });
});

describe('the panel', () => {
  it('is used by the keyboard alone, and gives the focus back', async () => {
    start();
    const trigger = await button();
    trigger.focus();
    await userEvent.keyboard('{Enter}');
    const panel = within(await screen.findByRole('dialog', { name: words.title }));
    await panel.findByRole('checkbox', { name: /^Corpus starter/ });
    const reach = async (element: HTMLElement) => {
      for (let tabs = 0; tabs < 30 && document.activeElement !== element; tabs++) await userEvent.tab();
      expect(document.activeElement).toBe(element);
    };
    await reach(panel.getByRole('switch', { name: words.wholeTexts }));
    await userEvent.keyboard(' ');
    await reach(panel.getByRole('button', { name: words.populations }));
    await userEvent.keyboard('{Enter}');
    await reach(panel.getByRole('checkbox', { name: 'Children' }));
    await userEvent.keyboard(' ');
    await close();
    await waitFor(() => expect(document.activeElement).toBe(trigger));
    expect((await ask('first'))?.filters).toEqual({ full_text_only: true, populations: ['children'] });
  });

  it('lies over the page where there is no room, and is left by its button', async () => {
    globalThis.matchMedia = (query) => ({ ...wide(query), matches: false, addEventListener: () => undefined, removeEventListener: () => undefined });
    start();
    const panel = await open();
    expect(panel.getByRole('heading', { name: words.title })).toBeTruthy();
    await tick(literature.kinds.review)(panel);
    await userEvent.click(panel.getByRole('button', { name: words.done }));
    await closed();
    expect((await ask('first'))?.filters).toEqual({ kinds: ['review'] });
  });

  it('has no barriers, with all of it open and something wrong', async () => {
    start();
    const panel = await open();
    for (const title of [words.populations, words.standing, words.issuers.title, words.places.title, say.asOf.title])
      await unfold(panel, title);
    await write(words.years.from, '2020')(panel);
    await write(words.years.to, '2015')(panel);
    await tick('Children')(panel);
    const { violations } = await axe.run(screen.getByRole('dialog'));
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)).toEqual([]);
  });
});
