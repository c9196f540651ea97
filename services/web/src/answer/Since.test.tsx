// What an answer that was given before says of sources that have not stood as they did since.
import { cleanup, screen, waitFor } from '@testing-library/react';
import { beforeEach, expect, it, vi } from 'vitest';
import type { Answer, DocumentRef } from '../api/types';
import { answer as words, reader } from '../strings';
import { answerWith, documentRef, evidence, quote, quoteAt } from '../testing/sample';
import { renderPage } from '../testing/render';
import { anonymous, fakeServer, json, refusal, type Replies } from '../testing/session';
import { AnswerView } from './AnswerView';
import { citedIn } from './Since';

const PASSAGE = `GET /v1/passages/${evidence.passage}`;
const standing = (change: Partial<DocumentRef>): Replies => ({
  [PASSAGE]: () => json({ id: evidence.passage, text: quote, ...quoteAt, section: [], document: { ...documentRef, ...change } }),
});

async function show(replies: Replies, isKept = true, answer: Answer = answerWith()) {
  const server = fakeServer(anonymous, replies);
  await renderPage(<AnswerView answer={answer} isKept={isKept} />);
  await screen.findByRole('list', { name: words.statements });
  return server;
}

beforeEach(() => {
  vi.spyOn(globalThis, 'scrollTo').mockImplementation(() => undefined);
});

it('says loudly what was retracted since, by its title, and leaves the statements', async () => {
  await show(standing({ status: 'retracted', title: '<b>Type 2</b> diabetes' }));
  const notice = await screen.findByRole('alert');
  expect(notice.textContent).toContain(words.since);
  expect(notice.textContent).toContain(`<b>Type 2</b> diabetes, version 2: ${reader.standing.retracted.title}.`);
  expect(screen.getByText(quote)).toBeTruthy();
});

it('says it more softly of what a newer version has taken the place of', async () => {
  await show(standing({ status: 'superseded' }));
  expect((await screen.findByText(words.since)).closest('[role=status]')).toBeTruthy();
  expect(screen.queryByRole('alert')).toBeNull();
});

it('says nothing while all stand as they did', async () => {
  const server = await show(standing({}));
  await waitFor(() => expect(server.asked).toContain(PASSAGE));
  expect(screen.queryByText(words.since)).toBeNull();
});

it('says nothing of a source that was cited under the label that it has, and says it of another label', async () => {
  const cited = { ...evidence, document: { ...documentRef, status: 'corrected' as const } };
  const answer = answerWith({ evidence: [cited] });
  const server = await show(standing({ status: 'corrected' }), true, answer);
  await waitFor(() => expect(server.asked).toContain(PASSAGE));
  expect(screen.queryByText(words.since)).toBeNull();
  cleanup();
  await show(standing({ status: 'retracted' }), true, answer);
  expect((await screen.findByRole('alert')).textContent).toContain(reader.standing.retracted.title);
});

it('says nothing where it cannot be known', async () => {
  const server = await show({ [PASSAGE]: () => refusal(403, 'not_displayable', 'the licence has ended') });
  await waitFor(() => expect(server.asked).toContain(PASSAGE));
  expect(screen.queryByText(words.since)).toBeNull();
});

it('does not ask of an answer that was given a moment ago', async () => {
  const server = await show(standing({ status: 'retracted' }), false);
  expect(server.asked).not.toContain(PASSAGE);
  expect(screen.queryByText(words.since)).toBeNull();
});

it('asks once of each version, by a quote that the answer shows', () => {
  const [statement] = answerWith().statements;
  if (!statement) throw new Error('no statement');
  const other = { ...evidence, id: 'E2', passage: 'q', document: { ...documentRef, version: 1 } };
  const [first] = statement.citations;
  if (!first) throw new Error('no citation');
  const citations = [first, { ...first, n: 2 }, { ...first, n: 3, evidence: 'E2' }, { ...first, n: 4, evidence: 'E9' }];
  expect(citedIn({ statements: [{ ...statement, citations }], evidence: [evidence, other] })).toEqual([
    { passage: evidence.passage, ...quoteAt, status: 'current' },
    { passage: 'q', ...quoteAt, status: 'current' },
  ]);
});
