// What a differential says of itself when a part of the search was away.
import { screen } from '@testing-library/react';
import { beforeEach, expect, it, vi } from 'vitest';
import type { Differential } from '../api/types';
import { answer as words } from '../strings';
import { renderPage } from '../testing/render';
import { answerWith, documentRef, quote, quoteAt } from '../testing/sample';
import { anonymous, fakeServer, json } from '../testing/session';
import { DifferentialView } from './DifferentialView';

const say = words.differential;
const missing = 'the search by words is away: found by meaning alone';
const condition: Differential['conditions'][number] = {
  condition: 'Gout',
  document: documentRef,
  for: [{ finding: 'joint pain', passage: 'p'.repeat(32), quote, section: [], ...quoteAt }],
  against: [],
};

async function show(change: Partial<Differential>) {
  const differential = { id: answerWith().id, note: 'no diagnosis', findings: ['joint pain'], snapshot: 1, conditions: [], ...change };
  fakeServer(anonymous, { [`GET /v1/answers/${answerWith().id}/differential`]: () => json(differential) });
  await renderPage(<DifferentialView answer={answerWith()} />);
  await screen.findByText('No diagnosis.');
}

beforeEach(() => {
  vi.spyOn(globalThis, 'scrollTo').mockImplementation(() => undefined);
});

it('says that there may be more conditions, and why, and shows those that were found', async () => {
  await show({ missing, conditions: [condition] });
  expect(screen.getByText(`${say.away} The search by words is away: found by meaning alone.`)).toBeTruthy();
  expect(screen.getByRole('heading', { name: 'Gout' })).toBeTruthy();
});

it('that found none says nothing then of what is held', async () => {
  await show({ missing });
  expect(screen.getByText(say.noneFound)).toBeTruthy();
  expect(screen.queryByText(say.none)).toBeNull();
});

it('with the whole search says nothing of the kind', async () => {
  await show({});
  expect(screen.getByText(say.none)).toBeTruthy();
  expect(screen.queryByText(say.away, { exact: false })).toBeNull();
});
