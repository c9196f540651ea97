// What is told of changes: figures, differences, steps, and golden questions.
import { describe, expect, it } from 'vitest';
import { Lost, Refused } from '../../api/problem';
import { changeOf, lin, pat, proposalOf } from '../sample';
import type { Proposal, Signature, StagedAnswers } from '../types';
import { askAll, AT_ONCE, faultOf, questionsIn, textOf, type Asked } from './golden';
import { onlyIn, sidesOf, type Piece } from './sides';
import { stepsOf } from './steps';
import { byCorpus, summaryOf } from './summary';

describe('the summary', () => {
  it('counts documents, and not their versions', () => {
    const changes = [
      changeOf('new'),
      changeOf('gone', { coming: 0, leaving: 3 }),
      changeOf('replaced', { version: 1, coming: 0, leaving: 4 }),
      changeOf('replaced', { version: 2, coming: 6, corpus: 'local' }),
    ];
    expect(summaryOf(changes)).toEqual({ coming: 1, changed: 1, leaving: 1, passagesIn: 11, passagesOut: 7 });
    expect(byCorpus(changes).map(({ corpus, changes: held }) => [corpus, held.length])).toEqual([
      ['starter', 3],
      ['local', 1],
    ]);
  });
});

describe('two answers side by side', () => {
  const shown = (side: Piece[][]) =>
    side.map((pieces) => pieces.map(({ text, isMarked }) => (isMarked ? `[${text}]` : text)).join(''));

  it('have the words marked that are in one alone', () => {
    const { before, after } = sidesOf(
      ['Do not start below 30.', 'Stop it in sepsis.'],
      ['Do not start below 45.', 'Stop it in sepsis.', 'Go slowly.'],
    );
    expect(shown(before)).toEqual(['Do not start below [30].', 'Stop it in sepsis.']);
    expect(shown(after)).toEqual(['Do not start below [45].', 'Stop it in sepsis.', '[Go slowly.]']);
  });

  it('are empty where nothing was said, and never broken by breaks within a statement', () => {
    expect(sidesOf([], [])).toEqual({ before: [], after: [] });
    expect(shown(sidesOf([], ['a\nb']).after)).toEqual(['[a b]']);
    expect(shown(sidesOf(['a\nb'], ['a b']).after)).toEqual(['a b']);
  });

  it('name the sources of one alone', () => {
    expect(onlyIn(['A', 'B', 'A'], ['B', 'C'])).toEqual(['A']);
  });
});

describe('the steps', () => {
  const signed = (meaning: Signature['meaning']): Signature => ({
    meaning,
    by: pat,
    full_name: 'Pat Publisher',
    at: '2026-11-28T09:00:00Z',
    record_hash: 'x',
    seal: 's',
    is_good: true,
  });
  const told = (change: Partial<Proposal>) => stepsOf(proposalOf(change)).map(({ state }) => state);

  it('say what is done, what is next, and what cannot come any more', () => {
    expect(told({})).toEqual(['done', 'next', 'later', 'later']);
    expect(told({ state: 'approved' })).toEqual(['done', 'done', 'done', 'next']);
    expect(told({ state: 'executed' })).toEqual(['done', 'done', 'done', 'done']);
    expect(told({ state: 'rejected', signatures: [signed('review')] })).toEqual(['done', 'done', 'never', 'never']);
    expect(told({ state: 'reviewed', is_changed: true })).toEqual(['done', 'done', 'never', 'never']);
  });

  it('name who did each', () => {
    const closed = { at: '2026-11-28T10:00:00Z', by: pat, reason: '' };
    const steps = stepsOf(proposalOf({ state: 'executed', signatures: [signed('review'), signed('approve')], closed }));
    expect(steps.map(({ by }) => by?.id)).toEqual([lin.id, pat.id, pat.id, pat.id]);
    expect(steps.at(-1)?.at).toBe(closed.at);
  });
});

describe('golden questions', () => {
  const said = { status: 'answered', statements: [], documents: [] };
  const answerTo = (question: string): StagedAnswers => ({ question, is_changed: false, before: said, after: said });
  const refused = (code: string, status: number) =>
    new Refused({ type: '', title: '', status, code, detail: code, request_id: '' });

  it('are a line each, once, without empty ones', () => {
    expect(questionsIn(' a?\r\n\n b? \na?')).toEqual(['a?', 'b?']);
    expect(questionsIn(textOf(['a\nb?', 'c?']))).toEqual(['a b?', 'c?']);
    expect(faultOf(Array.from({ length: 501 }, (_, at) => `${at}`))).toEqual({ is: 'too_many' });
    expect(faultOf(['ok', '💊'.repeat(2001)])).toEqual({ is: 'too_long', line: 2 });
    expect(faultOf(['💊'.repeat(2000)])).toBeNull();
  });

  it('are asked two at once, each once, in their order', async () => {
    let [open, most] = [0, 0];
    const begun: string[] = [];
    const all = ['1', '2', '3', '4', '5'];
    const asked: Asked[] = [];
    const ask = async (question: string) => {
      begun.push(question);
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setTimeout(resolve, 1));
      open -= 1;
      return answerTo(question);
    };
    await askAll(all, ask, (one) => asked.push(one), new AbortController().signal);
    expect(begun).toEqual(all);
    expect(most).toBe(AT_ONCE);
    expect(asked).toHaveLength(5);
  });

  it('that fail are passed over; the rest is given up when nothing can come of it', async () => {
    const asked: Asked[] = [];
    const fails = (error: Error, at: string) => (question: string) =>
      question === at ? Promise.reject(error) : Promise.resolve(answerTo(question));
    const { signal } = new AbortController();
    await askAll(['1', '2', '3'], fails(refused('model_down', 503), '1'), (one) => asked.push(one), signal);
    expect(asked.map((one) => 'error' in one)).toEqual(expect.arrayContaining([true, false, false]));
    const begun: string[] = [];
    const many = Array.from({ length: 50 }, (_, at) => String(at));
    const lost = (question: string) => {
      begun.push(question);
      return Promise.reject(new Lost());
    };
    await expect(askAll(many, lost, () => undefined, signal)).rejects.toBeInstanceOf(Lost);
    expect(begun.length).toBeLessThanOrEqual(AT_ONCE);
    await expect(askAll(many, fails(refused('not_allowed', 403), '0'), () => undefined, signal)).rejects.toBeInstanceOf(Refused);
  });

  it('are asked no more once that is stopped', async () => {
    const controller = new AbortController();
    const asked: Asked[] = [];
    const ask = (question: string) => {
      if (question === '3') controller.abort();
      return Promise.resolve(answerTo(question));
    };
    await askAll(['1', '2', '3', '4', '5', '6'], ask, (one) => asked.push(one), controller.signal);
    expect(asked.length).toBeLessThanOrEqual(2);
  });
});
