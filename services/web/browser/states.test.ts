// When there is no plain answer: nothing found, out of scope, urgent, disputed, refused, cut off, stopped, lost.
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, inject } from 'vitest';
import type { Corpus } from '../src/api/types';
import { answer as words, conversation, problem as problemWords, shell } from '../src/strings';
import { answered, ask, askAtHome, eventually, expectMarked, field, get, readerOf, send, turnOf } from './support/acts';
import { changeAnswers, eventsOf, holdQuestions, onQuestion, problem, refuse, stream } from './support/fakes';
import { serve } from './support/server';
import { expect, test } from './support/test';

const NITROFURANTOIN = 'Is nitrofurantoin safe in renal impairment?';
const HYPERTENSION = 'What blood pressure threshold defines hypertension?';
// The two editions of the starter guideline diagnose it at 140/90 and at 130/80.
const DISAGREEMENT = 'When is hypertension diagnosed?';

describe('what the literature cannot answer', () => {
  test('says what was searched and opens the closest passages', async ({ page }) => {
    const { article, answer } = await askAtHome(page, 'Is fidaxomicin covered?');
    expect(answer.status).toBe('no_evidence');
    await article.getByText(words.statuses.no_evidence.title, { exact: true }).waitFor();
    await article.getByText(words.gapNoted, { exact: true }).waitFor();
    const { corpora } = await get<{ corpora: Corpus[] }>(page, '/v1/corpora');
    for (const id of answer.searched) {
      await article.getByText(corpora.find((corpus) => corpus.id === id)?.title ?? id).waitFor();
    }
    expect(answer.closest.length).toBeGreaterThan(0);
    expect(await article.getByRole('list', { name: words.statements }).count()).toBe(0);
    const closest = article.getByRole('region', { name: words.closestTitle });
    for (const [at, evidence] of answer.closest.entries()) {
      await closest.getByRole('button', { name: `${words.openPassage}: ${evidence.document.title}`, exact: true }).nth(
        answer.closest.slice(0, at).filter((one) => one.document.title === evidence.document.title).length,
      ).click();
      await expectMarked(readerOf(page), evidence.text);
    }
  });

  test('says what is out of scope, and why', async ({ page }) => {
    const { article, answer } = await askAtHome(page, 'Interpret this ECG image for me');
    expect(answer.status).toBe('refused_scope');
    await article.getByText(words.statuses.refused_scope.title, { exact: true }).waitFor();
    await article.getByText(answer.reason?.slice(1) ?? '').waitFor();
  });
});

describe('what must be known first', () => {
  test('stands above everything else when time is short', async ({ page }) => {
    const urgent = 'My patient is not breathing after penicillin, what dose of adrenaline?';
    const { article, answer } = await askAtHome(page, urgent);
    expect(answer.banner).toBeTruthy();
    const banner = article.getByRole('alert').filter({ hasText: answer.banner ?? '' });
    const above = await banner.boundingBox();
    const question = await article.getByRole('heading', { name: answer.question }).boundingBox();
    expect((above?.y ?? 0) + (above?.height ?? 0)).toBeLessThanOrEqual(question?.y ?? 0);
    expect(await article.evaluate((turn) => turn.firstElementChild?.getAttribute('role'))).toBe('alert');
  });

  test('where sources disagree: who says what, and each at its place', async ({ page }) => {
    const { article, answer } = await askAtHome(page, DISAGREEMENT);
    expect(answer.conflicts.length).toBeGreaterThan(0);
    await article.getByText(words.conflictsTitle, { exact: true }).waitFor();
    for (const position of answer.conflicts.flatMap((conflict) => conflict.positions)) {
      const shown = article
        .getByRole('listitem')
        .filter({ hasText: position.quote })
        .filter({ hasText: position.said_by })
        .filter({ has: page.getByRole('button', { name: new RegExp(`^${words.openPassage}`) }) })
        .first();
      await shown.getByRole('button', { name: new RegExp(`^${words.openPassage}`) }).click();
      await expectMarked(readerOf(page), position.quote);
    }
  });

  test.for(['degraded', 'partial'] as const)('an answer that is %s looks like it', async (status, { page }) => {
    await page.goto('/');
    await changeAnswers(page, (answer) => ({ ...answer, status, reason: 'the finder of passages did not answer' }));
    const { article } = await ask(page, NITROFURANTOIN);
    await article.getByText(words.statuses[status].title, { exact: true }).waitFor();
    await article.getByText('The finder of passages did not answer.').waitFor();
  });
});

describe('a question that the server refuses', () => {
  test('is kept, with the server’s words and the number of the request', async ({ page, watch }) => {
    watch.expects(/status of 422/);
    await page.goto('/');
    const refusal = problem(422, 'the question cannot be read');
    await onQuestion(page, (route) => refuse(route, refusal));
    await send(page, NITROFURANTOIN);
    const turn = turnOf(page, NITROFURANTOIN);
    const alert = turn.getByRole('alert').filter({ hasText: conversation.failed });
    await alert.getByText('The question cannot be read.').waitFor();
    await alert.getByText(`${problemWords.requestId} ${refusal.request_id}`).waitFor();
    await page.unrouteAll();
    await turn.getByRole('button', { name: conversation.again, exact: true }).click();
    await answered(page, NITROFURANTOIN);
    expect(await page.getByRole('article').count()).toBe(1);
  });

  test('when all places are taken says when to come back, and then works', async ({ page, watch }) => {
    watch.expects(/status of 503/);
    await page.goto('/');
    const refusal = problem(503, 'all places are taken', 'busy');
    await onQuestion(page, (route) => refuse(route, refusal, { 'retry-after': '5' }));
    await send(page, NITROFURANTOIN);
    const turn = turnOf(page, NITROFURANTOIN);
    // First, because it is shut for a moment only.
    await turn.getByRole('button', { name: conversation.again, exact: true, disabled: true }).waitFor();
    const notice = turn.getByRole('alert').filter({ hasText: conversation.busyTitle });
    await notice.getByText('All places are taken.').waitFor();
    await notice.getByText(refusal.request_id).waitFor();
    const again = turn.getByRole('button', { name: conversation.again, exact: true });
    await eventually(() => again.isEnabled(), true);
    await page.unrouteAll();
    await again.click();
    await answered(page, NITROFURANTOIN);
  });

  test('in the midst of the stream is told as such', async ({ page }) => {
    await page.goto('/');
    const refusal = problem(500, 'the model could not be read');
    await onQuestion(page, (route) => stream(route, eventsOf(['progress', { stage: 'retrieve' }], ['error', refusal])));
    await send(page, NITROFURANTOIN);
    const alert = turnOf(page, NITROFURANTOIN).getByRole('alert');
    await alert.getByText('The model could not be read.').waitFor();
    await alert.getByText(refusal.request_id).waitFor();
  });
});

describe('a question that is cut off', () => {
  test('by the end of the stream keeps the question and shows no half of an answer', async ({ page }) => {
    const before = await askAtHome(page, HYPERTENSION);
    const [statement] = before.answer.statements;
    const begun = eventsOf(['progress', { stage: 'retrieve' }], ['evidence', before.answer.evidence]);
    const body = begun + eventsOf(['statement', statement]);
    await onQuestion(page, (route) => stream(route, body));
    await send(page, NITROFURANTOIN);
    const turn = turnOf(page, NITROFURANTOIN);
    await turn.getByText(conversation.lostTitle, { exact: true }).waitFor();
    expect(await turn.getByText(statement?.text ?? '').count()).toBe(0);
    await page.unrouteAll();
    await turn.getByRole('button', { name: conversation.edit, exact: true }).click();
    await eventually(() => field(page).inputValue(), NITROFURANTOIN);
    await field(page).press('Enter');
    await answered(page, NITROFURANTOIN);
  });

  test('by Stop keeps the question for another try', async ({ page }) => {
    await page.goto('/');
    const { release } = await holdQuestions(page);
    const isQuestion = (request: { url: () => string }) => request.url().endsWith('/v1/answers');
    const aborted = page.waitForEvent('requestfailed', isQuestion);
    // What is stopped before it has left the page never fails.
    const sent = page.waitForRequest(isQuestion);
    await send(page, NITROFURANTOIN);
    await sent;
    await turnOf(page, NITROFURANTOIN).getByRole('button', { name: conversation.stop, exact: true }).click();
    await aborted;
    await page.getByText(conversation.stopped, { exact: true }).waitFor();
    await eventually(() => field(page).inputValue(), NITROFURANTOIN);
    release();
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await field(page).press('Enter');
    await answered(page, NITROFURANTOIN);
    expect(await page.getByText(conversation.stopped, { exact: true }).count()).toBe(0);
  });
});

describe('a server that goes away and comes back', () => {
  test('is noticed, takes nothing with it, and is asked again', async ({ visitor, watch, onTestFinished }) => {
    watch.expects(/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/);
    const place = await mkdtemp(join(tmpdir(), 'osler-lost-'));
    onTestFinished(() => rm(place, { recursive: true, force: true }));
    await cp(inject('seed'), place, { recursive: true });
    const server = await serve(place);
    onTestFinished(server.stop);
    const page = await visitor({ origin: server.origin });
    const before = await askAtHome(page, HYPERTENSION);

    await server.stop();
    await send(page, NITROFURANTOIN);
    await page.getByText(shell.lost, { exact: true }).waitFor();
    const turn = turnOf(page, NITROFURANTOIN);
    await turn.getByText(conversation.lostTitle, { exact: true }).waitFor();
    // What was on the page stays on it.
    const [kept] = before.answer.statements;
    expect(await turnOf(page, HYPERTENSION).getByText(kept?.text ?? '').first().isVisible()).toBe(true);

    const again = await serve(place, server.port);
    onTestFinished(again.stop);
    await page.getByText(shell.back, { exact: true }).waitFor();
    expect(await page.getByText(shell.lost, { exact: true }).count()).toBe(0);
    await turn.getByRole('button', { name: conversation.again, exact: true }).click();
    await answered(page, NITROFURANTOIN);
    await page.getByText(shell.back, { exact: true }).waitFor({ state: 'detached' });
    // Both are kept by the server, not only by the page.
    await page.reload();
    await answered(page, HYPERTENSION);
    await answered(page, NITROFURANTOIN);
  });
});
