// The pure parts of the reviews: dates, words, tables, marks and parts.
import { describe, expect, it } from 'vitest';
import { Refused } from '../../api/problem';
import { reviews as say } from '../../strings/reviews';
import { begun, type Draft, faultsOf, requestOf } from './begin';
import { ofOurs, ofReviewers } from './confusion';
import { begunWith, isDisputed } from './judgement';
import { marked } from './marked';
import { isThird, waitingFor, workOf } from './part';
import { ADA, BEN, changed, CLEO, given } from './sample';
import type { Item, Review } from './types';
import { kappaNumber, kappaWord, percentOf, rangeOf } from './words';

const draft = (change: Partial<Draft> = {}): Draft => ({
  ...begun(Date.parse('2026-01-05T23:00:00Z')),
  name: 'December',
  one: 'ada',
  two: 'ben',
  ...change,
});

describe('a review to be', () => {
  it('is of the last month that is over, in UTC, its last day included', () => {
    expect(draft()).toMatchObject({ from: '2025-12-01', to: '2025-12-31' });
    expect(begun(Date.parse('2024-03-31T23:59:59Z'))).toMatchObject({ from: '2024-02-01', to: '2024-02-29' });
    expect(requestOf(draft())).toMatchObject({
      request: { from: '2025-12-01T00:00:00.000Z', to: '2026-01-01T00:00:00.000Z', size: 50, adjudicator: null, seed: null },
    });
  });

  it.each([
    [{ to: '2025-11-30' }, 'to', say.new.errors.order],
    [{ from: '' }, 'from', say.new.errors.day],
    [{ size: '10001' }, 'size', say.new.errors.size],
    [{ size: '5.5' }, 'size', say.new.errors.size],
    [{ third: 'Ada' }, 'third', say.new.errors.third],
    [{ seed: 'ab' }, 'seed', say.new.errors.seed],
    [{ name: 'x'.repeat(2001) }, 'name', say.new.errors.long],
  ] as const)('with %j is refused at %s', (change, field, words) => {
    expect(requestOf(draft(change))).toEqual({ faults: { [field]: words } });
  });

  it('takes a seed and who settles', () => {
    const seed = 'AB'.repeat(32);
    expect(requestOf(draft({ seed: ` ${seed} `, third: 'cleo' }))).toMatchObject({ request: { seed, adjudicator: 'cleo' } });
  });

  it('does not put a refusal at a field that it is not of', () => {
    const refused = (code: string, detail: string) =>
      new Refused({ type: '', title: '', status: 422, code, detail, request_id: '' });
    expect(faultsOf(refused('bad_field', 'something new'), draft())).toEqual({});
    expect(faultsOf(refused('audit_unavailable', 'the seed of all evil'), draft())).toEqual({});
    expect(faultsOf(refused('bad_reviewer', 'grace is neither'), draft())).toEqual({ people: 'Grace is neither.' });
  });
});

describe('words', () => {
  it.each([
    [-0.01, 'poor'], [0, 'slight'], [0.2, 'slight'], [0.21, 'fair'], [0.4, 'fair'], [0.6, 'moderate'], [0.61, 'substantial'],
    [0.8, 'substantial'], [0.81, 'almost perfect'], [1, 'almost perfect'],
  ])('kappa of %d is %s', (value, word) => expect(kappaWord(value)).toBe(word));

  it('never round to what is not so', () => {
    expect([0, 0.0001, 0.99999, 1].map(percentOf)).toEqual(['0\u00a0%', '0.1\u00a0%', '99.9\u00a0%', '100\u00a0%']);
    expect([-0.004, -0.25, 0.005].map(kappaNumber)).toEqual(['0.00', '\u22120.25', '0.01']);
  });

  it('say days as they are in the record, and what is no time as it came', () => {
    expect(rangeOf({ from: '2026-11-01T00:00:00Z', to: '2026-11-02T00:00:00Z' })).toBe('1 Nov 2026');
    expect(rangeOf({ from: 'then', to: 'now' })).toBe('then to now');
  });
});

const item = (change: Partial<Item>): Item => ({
  n: 1, answer: 'a', statement: 1, stratum: 'answered', ours: null, own: null, others: [], adjudication: null, final: null,
  ...change,
});

describe('the tables', () => {
  it('have the first reviewer in rows, whoever reads them', () => {
    const [one, other] = [given(ADA, 'supported'), given(BEN, 'contradicted')];
    for (const items of [
      [item({ others: [one, other] })],
      [item({ own: one, others: [other] })],
      [item({ own: other, others: [one] })],
    ]) {
      const { cells, all } = ofReviewers(items, { reviewers: [ADA, BEN] });
      expect([cells[0]?.[3], cells[3]?.[0], all]).toEqual([1, 0, 1]);
    }
  });

  it('count what cannot be verified as cannot tell, and leave abstentions out', () => {
    const items = [
      item({ ours: 'unverifiable', final: 'cannot_tell' }),
      item({ ours: 'supported', final: 'partial' }),
      item({ ours: 'no_evidence', final: 'supported', statement: 0 }),
      item({ ours: 'supported', final: null }),
    ];
    const { cells, all } = ofOurs(items);
    expect([all, cells[4]?.[4], cells[0]?.[1]]).toEqual([2, 1, 1]);
  });
});

describe('a rating that was changed', () => {
  const [one, other] = [given(ADA, 'supported', 'at first'), given(BEN, 'supported')];

  it('counts as it was at first, in the tables', () => {
    const { cells } = ofReviewers([item({ others: [changed(one, 'contradicted'), other] })], { reviewers: [ADA, BEN] });
    expect([cells[0]?.[0], cells[3]?.[0]]).toEqual([1, 0]);
  });

  it('is a matter for a third person, unless it came back', () => {
    const apart = given(BEN, 'partial');
    expect(isDisputed(item({ others: [one, other] }))).toBe(false);
    expect(isDisputed(item({ others: [one, apart] }))).toBe(true);
    expect(isDisputed(item({ others: [changed(one, 'contradicted'), other] }))).toBe(true);
    expect(isDisputed(item({ others: [changed(one, 'partial'), apart] }))).toBe(true);
    expect(isDisputed(item({ others: [changed(one, 'supported', 'still'), other] }))).toBe(false);
    expect(isDisputed(item({ others: [changed(one, 'partial')] }))).toBe(false);
  });

  it('is what is begun with, when there is more to say', () => {
    expect(begunWith(item({}))).toEqual({ rating: null, text: '' });
    expect(begunWith(item({ own: one }))).toEqual({ rating: 'supported', text: 'at first' });
    expect(begunWith(item({ own: changed(one, 'partial') }))).toEqual({ rating: 'partial', text: '' });
  });
});

describe('a quote', () => {
  it('is marked only where exactly its words stand', () => {
    expect(marked('one two one', 'two')).toEqual([
      { text: 'one ', isQuote: false },
      { text: 'two', isQuote: true },
      { text: ' one', isQuote: false },
    ]);
    expect(marked('one two one', 'one')?.filter(({ isQuote }) => isQuote)).toHaveLength(2);
    expect(marked('one', 'One')).toBeNull();
    expect(marked('one', '')).toBeNull();
    expect(marked('', 'one')).toBeNull();
  });
});

describe('a part in a review', () => {
  const review = {
    reviewers: [ADA, BEN], adjudicator: null, state: 'open', items: 4, rated: [1, 4], differences: 0,
  } as unknown as Review;

  it('is to rate, to settle, or to read', () => {
    expect([ADA, BEN, CLEO, null].map((me) => workOf(review, me))).toEqual(['rate', 'rate', 'read', 'read']);
    const later: Review = { ...review, state: 'adjudication', differences: 2 };
    expect([ADA, BEN, CLEO, null].map((me) => workOf(later, me))).toEqual(['read', 'read', 'settle', 'read']);
    expect(isThird({ ...later, adjudicator: 'id-else' }, CLEO)).toBe(false);
    expect([waitingFor(review, ADA), waitingFor(review, BEN), waitingFor(later, CLEO), waitingFor(later, ADA)]).toEqual([3, 0, 2, 0]);
  });
});
