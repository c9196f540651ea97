// What readers said, as an auditor reads it, against a server in memory.
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { beforeEach, expect, it, vi } from 'vitest';
import { problem } from '../../strings/problem';
import { readers as say } from '../../strings/recall';
import { openPages } from '../../testing/pages';
import { fakeServer, json, refusal, signedIn } from '../../testing/session';
import type { Feedback } from './calls';

const said = (id: string, change: Partial<Feedback> = {}): Feedback => ({
  id,
  received_at: '2026-11-22T10:00:00Z',
  actor: 'someone',
  answer: `answer-${id}`,
  kind: 'helpful',
  ...change,
});

const sample = [
  said('1', { kind: 'safety', category: 'wrong_dose', severity: 'near_miss', statement: 2, comment: '<b>Ten</b> times\ntoo much.' }),
  said('2', { kind: 'disagree', comment: null }),
  said('3'),
];

function open(address = '/audit/feedback', feedback = sample) {
  fakeServer(signedIn('ada', { roles: ['auditor'] }), { 'GET /v1/audit/feedback': () => json({ feedback }) });
  return openPages(address);
}

const listed = () => within(screen.getByRole('list', { name: say.list })).getAllByRole('link').map((link) => link.getAttribute('href'));

beforeEach(() => {
  vi.spyOn(globalThis, 'scrollTo').mockImplementation(() => undefined);
});

it('is all there, with the way to the record of each answer', async () => {
  open();
  await screen.findByRole('list', { name: say.list });
  expect(listed()).toEqual(['/audit/answers/answer-1', '/audit/answers/answer-2', '/audit/answers/answer-3']);
  const [safety] = screen.getByRole('list', { name: say.list }).children;
  // Words of readers are never markup.
  for (const text of [say.kinds.safety, '<b>Ten</b> times\ntoo much.', say.about(2), say.categories.wrong_dose, say.severities.near_miss.label])
    expect(safety?.textContent).toContain(text);
});

it('can be narrowed to a kind, which the address keeps', async () => {
  const { pages } = open();
  const kinds = await screen.findByRole('radiogroup', { name: say.filter });
  await userEvent.click(within(kinds).getByRole('radio', { name: say.counted(say.kinds.disagree, '1') }));
  await waitFor(() => expect(listed()).toEqual(['/audit/answers/answer-2']));
  expect(pages.state.location.search).toEqual({ kind: 'disagree' });
});

it('is narrowed by the address, also to nothing', async () => {
  open('/audit/feedback?kind=unhelpful');
  expect(await screen.findByText(say.noneOfKind)).toBeTruthy();
});

it('says that there is none yet', async () => {
  open('/audit/feedback', []);
  expect(await screen.findByText(say.none)).toBeTruthy();
});

it('says that it is only the latest', async () => {
  open('/audit/feedback', Array.from({ length: 500 }, (_, n) => said(String(n))));
  expect(await screen.findByText(say.most('500'))).toBeTruthy();
});

it('is not for everybody', async () => {
  fakeServer(signedIn('ada'), { 'GET /v1/audit/feedback': () => refusal(403, 'not_allowed', 'this needs the role auditor') });
  openPages('/audit/feedback');
  expect(await screen.findByText(problem.notAllowed)).toBeTruthy();
});

it('has no barriers that a checker finds', async () => {
  const { container } = open();
  await screen.findByRole('list', { name: say.list });
  const { violations } = await axe.run(container);
  expect(violations.map(({ id }) => id)).toEqual([]);
});
