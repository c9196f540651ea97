// What an answer shows: its numbers, its doubts, and hostile texts as nothing but text.
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import type { Answer } from '../api/types';
import type { Opened } from '../reader/state';
import { answer as words } from '../strings';
import { answerWith, documentRef, evidence, quote, quoteAt } from '../testing/sample';
import { renderPage } from '../testing/render';
import { AnswerView } from './AnswerView';
import { OpenerContext } from './open';

const citation = { n: 1, evidence: 'E1', quote, ...quoteAt, verdict: 'supported' as const, reason: null, secondhand: false };
const statement = { text: quote, said_by: 'Library (2025)', verdict: 'supported' as const, reason: null };

async function show(answer: Answer) {
  const open = vi.fn<(opened: Opened) => void>();
  const page = await renderPage(
    <OpenerContext value={{ open, current: null }}>
      <AnswerView answer={answer} />
    </OpenerContext>,
  );
  return { ...page, open };
}

describe('numbers', () => {
  it('are those of the answer, whatever their order and gaps, and open their own document', async () => {
    const other = { ...evidence, id: 'E2', document: { ...documentRef, id: 'f'.repeat(32), title: 'Another' } };
    const { open } = await show(
      answerWith({
        evidence: [other, evidence],
        statements: [
          { ...statement, citations: [{ ...citation, n: 7, evidence: 'E2' }] },
          { ...statement, citations: [{ ...citation, n: 3 }] },
        ],
      }),
    );
    await userEvent.click(screen.getByRole('button', { name: /^Quote 7: Another/ }));
    expect(open).toHaveBeenLastCalledWith({
      document: other.document.id,
      version: 2,
      ...quoteAt,
      cite: { answer: answerWith().id, part: { kind: 'citation', n: 7 } },
    });
    await userEvent.click(screen.getByRole('button', { name: /^Quote 3: Type 2 diabetes/ }));
    expect(open.mock.lastCall?.[0]).toMatchObject({ document: documentRef.id });
    expect(screen.queryByRole('button', { name: /^Quote 1:/ })).toBeNull();
  });

  it('say so when the quote is not in its passage or the passage is not there, and open nothing', async () => {
    const { open } = await show(
      answerWith({
        statements: [
          { ...statement, citations: [{ ...citation, quote: 'Start at once, whatever the eGFR.' }] },
          { ...statement, citations: [{ ...citation, n: 2, evidence: 'E9' }] },
        ],
      }),
    );
    for (const n of [1, 2]) {
      const broken = screen.getByRole('button', { name: new RegExp(`^Quote ${n} cannot be shown`) });
      expect(broken.textContent).toContain('quote not found');
      await userEvent.click(broken);
    }
    expect(open).not.toHaveBeenCalled();
  });
});

describe('kinds of answers', () => {
  it('an extractive one says that no model wrote, and why', async () => {
    await show(answerWith({ status: 'extractive', mode: 'extractive', reason: 'the model failed' }));
    expect(screen.getByText(/No model wrote this/)).toBeTruthy();
    expect(screen.getByText(/The model failed\./)).toBeTruthy();
  });

  it('an abstention lists what was searched and what came nearest', async () => {
    const { open } = await show(answerWith({ status: 'no_evidence', statements: [], evidence: [], closest: [evidence] }));
    expect(screen.getByText(/does not answer this/)).toBeTruthy();
    expect(screen.getByText(/noted for the library/)).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: /Open the passage/ }));
    expect(open.mock.lastCall?.[0].cite).toEqual({ answer: answerWith().id, part: { kind: 'evidence', id: 'E1' } });
  });

  it('an abstention in a part of the library is no gap of it', async () => {
    await show(answerWith({ status: 'no_evidence', statements: [], evidence: [], as_of: 2 }));
    expect(screen.getByText(/Only a part of the library was searched/)).toBeTruthy();
    expect(screen.queryByText(/noted for the library/)).toBeNull();
  });

  it('an abstention while a part of the search was away is no word on the literature, and no gap', async () => {
    const missing = 'the search by meaning is away: found by words alone';
    const { open } = await show(
      answerWith({
        ...{ status: 'no_evidence', statements: [], evidence: [], closest: [evidence] },
        ...{ missing, reason: `${missing}; what was found is too little to answer from` },
      }),
    );
    expect(screen.getByText(words.statuses.degraded.title)).toBeTruthy();
    expect(screen.getByText('The search by meaning is away: found by words alone; what was found is too little to answer from.')).toBeTruthy();
    expect(screen.getByText(words.gapUnsettled)).toBeTruthy();
    for (const claim of [words.statuses.no_evidence.title, words.gapNoted, words.gapNotNoted]) {
      expect(screen.queryByText(claim)).toBeNull();
    }
    await userEvent.click(screen.getByRole('button', { name: /Open the passage/ }));
    expect(open.mock.lastCall?.[0].cite).toEqual({ answer: answerWith().id, part: { kind: 'evidence', id: 'E1' } });
  });

  it('a disagreement shows who says what, with the grade', async () => {
    const positions = [
      { evidence: 'E1', said_by: 'Library (2025)', quote, ...quoteAt },
      { evidence: 'E1', said_by: 'Others (2019)', quote: 'not there', ...quoteAt },
    ];
    await show(answerWith({ conflicts: [{ facet: 'amount', reason: 'they give different amounts', positions }] }));
    expect(screen.getByText('The sources disagree')).toBeTruthy();
    expect(screen.getAllByText(/no grade stated/)).toHaveLength(1);
    expect(screen.getByRole('alert').textContent).toContain('Others (2019)');
  });

  it('what is open names its passages as ways there', async () => {
    const { open } = await show(
      answerWith({ unknowns: [{ factor: 'renal_function', text: 'renal function is not stated; E1, E7 depend on it', evidence: ['E1', 'E7'] }] }),
    );
    const block = screen.getByRole('region', { name: /Not stated/ });
    expect(block.textContent).toContain('Renal function is not stated; E1, E7 depend on it.');
    expect(within(block).getAllByRole('button')).toHaveLength(1);
    await userEvent.click(within(block).getByRole('button', { name: /E1/ }));
    expect(open).toHaveBeenCalledTimes(1);
  });
});

describe('hostile texts', () => {
  const hostile = '<img src=x onerror=alert(1)><script>alert(2)</script>[x](javascript:alert(3))';

  it('stay text', async () => {
    const document = { ...documentRef, title: hostile, issuer: hostile, url: 'javascript:alert(4)', doi: hostile };
    const { container } = await show(
      answerWith({
        question: hostile,
        reason: hostile,
        status: 'degraded',
        statements: [{ ...statement, text: hostile, said_by: hostile, reason: hostile, citations: [citation] }],
        evidence: [{ ...evidence, document, section: [hostile] }],
        unknowns: [{ factor: 'age', text: hostile, evidence: [hostile] }],
        closest: [{ ...evidence, document }],
      }),
    );
    expect(container.querySelector('img, script, iframe, object')).toBeNull();
    for (const link of container.querySelectorAll('a')) expect(link.getAttribute('href')).toMatch(/^(\/|https?:)/);
    expect(screen.getAllByText(hostile, { exact: false }).length).toBeGreaterThan(3);
  });
});
