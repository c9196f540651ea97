// Figures stand under the run that they come from, and attributes without a value are counted.
import { describe, expect, it } from 'vitest';
import { countOf, type MeasuredFigure, runsOf } from './model';

const figure = (more: Partial<MeasuredFigure> = {}): MeasuredFigure => ({
  figure: 'drug: caught',
  value: '97.3 %, 1,349 cases',
  run: 'baseline-2026-11-28',
  date: '2026-11-28',
  data: 'starter corpus',
  command: 'osler eval grounding',
  document: 'evals/baseline.json',
  note: null,
  holds_here: true,
  ...more,
});

describe('runsOf', () => {
  it('keeps runs, commands and texts apart, and loses no figure', () => {
    const figures = [
      figure(),
      figure({ figure: 'unit: caught' }),
      figure({ command: 'osler eval answers' }),
      figure({ data: 'another corpus' }),
      figure({ run: 'r-1', command: null }),
      figure({ figure: 'value: caught' }),
    ];
    const runs = runsOf(figures);
    expect(runs.map((run) => run.figures.map((one) => one.figure))).toEqual([
      ['drug: caught', 'unit: caught', 'value: caught'],
      ['drug: caught'],
      ['drug: caught'],
      ['drug: caught'],
    ]);
    expect(runs.map(({ command }) => command)).toContain(null);
  });
});

describe('countOf', () => {
  it('counts over all groups', () => {
    const attribute = (missing: string | null) => ({
      ...{ id: 'a', group: 'g', name: 'n', measured: [] },
      value: missing === null ? 'there' : null,
      missing,
    });
    const group = (missing: (string | null)[]) => ({
      ...{ id: 'g', kind: 'predictive' as const, name: 'G' },
      attributes: missing.map(attribute),
    });
    const card = { version: '', program: '', rule: '', groups: [group([null, 'no']), group(['no']), group([null])] };
    expect(countOf(card)).toEqual({ all: 4, missing: 2 });
  });
});
