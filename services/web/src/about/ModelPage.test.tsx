// The model card and the labelling, against a server in memory.
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { about } from '../strings/about';
import { model as say } from '../strings/model';
import { openPages } from '../testing/pages';
import { fakeServer, json, refusal, signedIn } from '../testing/session';
import { CARD, LABELING, type Labeling, type MeasuredFigure, type ModelCard } from './model';

const kept: MeasuredFigure = {
  figure: 'drug: caught',
  value: '97.3 %, 1,349 cases',
  run: 'baseline-2026-11-28',
  date: '2026-11-28',
  data: 'starter corpus',
  command: 'osler eval grounding',
  document: 'evals/baseline.json',
  note: null,
  holds_here: true,
};
const elsewhere: MeasuredFigure = {
  ...kept,
  figure: 'some statement is the answering sentence',
  run: 'answers-quoting-2026-11-23',
  date: '2026-11-23',
  command: 'osler eval answers --mode quoting',
  note: 'Measured before.',
  holds_here: false,
};
const reviewed: MeasuredFigure = {
  ...kept,
  figure: 'statements that the sources bear out, in the eyes of two reviewers',
  run: '01a2',
  data: '50 answers',
  command: null,
  document: null,
};

const card: ModelCard = {
  version: 'ab'.repeat(32),
  program: 'Osler 0.1.0',
  rule: '45 CFR 170.315(b)(11)(iv)',
  groups: [
    {
      id: 'performance',
      kind: 'predictive',
      name: 'Quantitative measures of performance',
      attributes: [
        {
          ...{ id: 'internal_validity', group: 'performance', name: 'Validity on test data of the same source' },
          ...{ value: '2 figures; `osler eval baseline` measures.', missing: null, measured: [kept, elsewhere] },
        },
        {
          ...{ id: 'internal_fairness', group: 'performance', name: 'Fairness on test data of the same source' },
          ...{ value: null, missing: 'Fairness was not measured.', measured: [] },
        },
      ],
    },
    {
      id: 'maintenance',
      kind: 'predictive',
      name: 'Ongoing maintenance',
      attributes: [
        {
          ...{ id: 'local_validity', group: 'maintenance', name: 'Validity on local data' },
          ...{ value: 'What two people found.', missing: null, measured: [reviewed] },
        },
      ],
    },
  ],
};

const labeling: Labeling = {
  sha256: 'cd'.repeat(32),
  program: 'Osler 0.1.0',
  model_card: card.version,
  intended_use: 'Finds what the corpora say and quotes it.',
  intended_users: 'Health professionals.',
  intended_patients: 'Patients of whom the corpora speak.',
  decision_role: 'It informs.',
  not_for: ['patients on their own'],
  mode: 'extractive',
  models: [{ role: 'embedder', id: 'all-minilm-l6-v2', revision: '1', sha256: 'ef'.repeat(32), licence: 'Apache-2.0' }],
  prompt_sha256: '12'.repeat(32),
  settings: [{ key: 'answer.enough', value: '0.68' }],
  snapshot: 3,
  published_at: '2026-11-20T10:00:00Z',
  corpora: [
    {
      ...{ id: 'starter', title: 'Osler starter corpus', issuer: 'Osler Teaching Library', kind: 'guideline' },
      ...{ licence: 'Apache-2.0', rights: { index: true, display: true, export: true }, jurisdiction: 'international' },
      ...{ language: 'en', documents: 75, versions: 78, passages: 1234, oldest: '2015-06', newest: '2025-06-12' },
    },
  ],
  validation: [kept],
  limits: ['Scanned pages are not read.'],
};

const open = (replies = {}, address = '/about/model') => {
  fakeServer(signedIn('ada', { roles: ['admin'] }), {
    [`GET ${CARD}`]: () => json(card),
    [`GET ${LABELING}`]: () => json(labeling),
    ...replies,
  });
  return openPages(address);
};

/** What is said below the heading of an attribute. */
const said = async (name: string): Promise<HTMLElement> => {
  const heading = await screen.findByRole('heading', { name, level: 4 });
  if (!heading.parentElement) throw new Error('no attribute');
  return heading.parentElement;
};

beforeEach(() => {
  sessionStorage.clear();
  vi.spyOn(globalThis, 'scrollTo').mockImplementation(() => undefined);
});

describe('the model card', () => {
  it('says of each attribute what there is, or why there is nothing', async () => {
    open();
    const validity = await said('Validity on test data of the same source');
    expect(within(validity).getByText('osler eval baseline').tagName).toBe('CODE');
    expect(within(validity).queryByText(say.card.missing)).toBeNull();
    const fairness = await said('Fairness on test data of the same source');
    expect(within(fairness).getByText(say.card.missing)).toBeTruthy();
    expect(within(fairness).getByText('Fairness was not measured.')).toBeTruthy();
    expect(screen.getByText(new RegExp('^The source attributes .* 2 of 3 attributes are answered'))).toBeTruthy();
    expect(screen.getByRole('link', { name: 'Ongoing maintenance' }).getAttribute('href')).toBe('#group-maintenance');
  });

  it('shows each figure with its run, day, texts and command, and whether it holds here', async () => {
    open();
    const validity = await said('Validity on test data of the same source');
    expect(within(validity).getByText(say.measured.elsewhere(1))).toBeTruthy();
    await userEvent.click(within(validity).getByRole('button', { name: say.measured.title(2) }));
    const tables = within(validity).getAllByRole('table');
    const rows = tables.map((table) => {
      const row = within(table).getAllByRole('row')[1];
      return [...(row?.children ?? [])].map((cell) => cell.textContent);
    });
    expect(rows).toEqual([
      ['drug: caught', '97.3 %, 1,349 cases', say.measured.here.yes],
      ['some statement is the answering sentenceMeasured before.', '97.3 %, 1,349 cases', say.measured.here.no],
    ]);
    expect(within(validity).getByText(/^Run answers-quoting-2026-11-23, 2026-11-23/).textContent).toBe(
      'Run answers-quoting-2026-11-23, 2026-11-23On: starter corpusPrinted by osler eval answers --mode quoting · ' +
        'Written in evals/baseline.json',
    );
  });

  it('says of what people found that it is a review, and of no command', async () => {
    open();
    const local = await said('Validity on local data');
    await userEvent.click(within(local).getByRole('button', { name: say.measured.title(1) }));
    expect(within(local).getByText(/^Review 01a2, signed on 2026-11-28/).textContent).not.toContain(say.measured.command);
  });
});

describe('the labelling', () => {
  it('says use and limits before what runs, and stands above the card', async () => {
    open();
    await screen.findByText(labeling.intended_use);
    await screen.findByRole('heading', { name: 'Ongoing maintenance' });
    const headings = screen.getAllByRole('heading').map((heading) => heading.textContent);
    const places = [say.label.title, say.label.use, say.label.limits, say.label.runs, say.card.title].map((one) =>
      headings.indexOf(one),
    );
    expect(places).toEqual([...places].sort((one, other) => one - other));
    expect(places).not.toContain(-1);
    const corpora = within(screen.getByRole('table', { name: say.label.corpora })).getAllByRole('row')[1];
    expect(corpora?.textContent).toContain('751,2342015-06 to 2025-06-12');
    expect(screen.getByText(say.label.snapshot('3', '2026-11-20'))).toBeTruthy();
  });

  it('says so when nothing is loaded', async () => {
    const bare = { ...labeling, corpora: [], models: [], snapshot: 0, published_at: null };
    open({ [`GET ${LABELING}`]: () => json(bare) });
    expect(await screen.findByText(say.label.noCorpora)).toBeTruthy();
    expect(screen.getByText(say.label.noModels)).toBeTruthy();
    expect(screen.getByText(say.label.snapshot('0', null))).toBeTruthy();
  });
});

describe('the page', () => {
  it('shows the one when the other cannot be read, and tries again', async () => {
    let isDown = true;
    open({ [`GET ${CARD}`]: () => (isDown ? refusal(500, 'internal', 'something failed on our side') : json(card)) });
    expect(await screen.findByText(labeling.intended_use)).toBeTruthy();
    expect((await screen.findByRole('alert')).textContent).toContain(say.failedCard);
    isDown = false;
    await userEvent.click(screen.getByRole('button', { name: say.retry }));
    expect(await screen.findByText('Fairness was not measured.')).toBeTruthy();
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
  });

  it('gives both as files, and is found from the page about the service', async () => {
    open({}, '/about');
    await userEvent.click(await screen.findByRole('link', { name: about.model.link }));
    const file = await screen.findByRole('link', { name: say.cardFile });
    expect([file.getAttribute('href'), file.getAttribute('download')]).toEqual([CARD, 'osler-model-card.json']);
    expect(screen.getByRole('link', { name: say.labelFile }).getAttribute('href')).toBe(LABELING);
  });

  it('has no barriers that a checker finds', async () => {
    const { container } = open();
    const validity = await said('Validity on test data of the same source');
    await screen.findByText(labeling.intended_use);
    await userEvent.click(within(validity).getByRole('button', { name: say.measured.title(2) }));
    for (const name of [say.measured.title(1), say.label.settings, say.label.hash]) {
      for (const button of screen.getAllByRole('button', { name })) await userEvent.click(button);
    }
    const { violations } = await axe.run(container);
    expect(violations.map(({ id }) => id)).toEqual([]);
  });
});
