// Every figure is shown, under the run that it comes from.
import { describe, expect, it } from 'vitest';
import type { Figure } from '../api/types';
import { suitesOf, valueOf } from './figures';

const figure = (more: Partial<Figure>): Figure => ({
  ...{
    suite: 'answers',
    metric: 'hits',
    value: 66.4,
    unit: '%',
    of: 150,
    corpus: 'starter',
    mode: 'extractive',
    model: null,
  },
  ...{ measured_on: '2026-11-22', command: 'osler eval answers', less_is_better: false },
  tolerance: 1,
  ...more,
});

describe('suitesOf', () => {
  it('keeps runs of different modes, models, days, corpora and commands apart', () => {
    const figures = [
      figure({ metric: 'one' }),
      figure({ metric: 'two' }),
      figure({ mode: 'quoting', model: 'm' }),
      figure({ suite: 'grounding' }),
      figure({ measured_on: '2026-11-23' }),
      figure({ corpus: 'other' }),
      figure({ command: 'osler eval answers --all' }),
    ];
    const suites = suitesOf(figures);
    expect(suites.map(({ name, runs }) => [name, runs.map((run) => run.figures.length)])).toEqual([
      ['answers', [2, 1, 1, 1, 1]],
      ['grounding', [1]],
    ]);
    expect(suites.flatMap(({ runs }) => runs.flatMap((run) => run.figures))).toHaveLength(figures.length);
  });
});

describe('valueOf', () => {
  it('writes a figure with its unit', () => {
    expect(valueOf({ value: 99.7, unit: '%' })).toBe('99.7\u00a0%');
    expect(valueOf({ value: 12315, unit: '' })).toBe('12,315');
    expect(valueOf({ value: 14, unit: 'ms' })).toBe('14\u00a0ms');
  });
});
