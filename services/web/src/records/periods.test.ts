// Periods without questions are there, as zeros or as gaps.
import { describe, expect, it } from 'vitest';
import { filled, openOf, shareOf } from './periods';
import { firstDay, rangeOf, ranges } from './range';
import type { Period } from './types';

const now = Date.parse('2026-11-28T18:30:00Z');
const asked = (day: string): Period => ({
  day,
  questions: 5,
  people: 1,
  answered: 2,
  abstained: 1,
  inconclusive: 0,
  failed: 1,
  statements: 4,
  supported: 3,
  p50_ms: 21,
  p99_ms: 40,
});

describe('a range', () => {
  it('begins where a period of the server does, and not after the days that were chosen', () => {
    expect(ranges.map((range) => firstDay(range, now))).toEqual(['2026-11-22', '2026-10-30', '2026-08-27', '2025-11-08']);
    for (const range of ranges) {
      const first = Date.parse(firstDay(range, now)) / 86_400_000;
      expect(first % range.each).toBe(0);
      expect(Date.parse('2026-11-29') / 86_400_000 - first).toBeGreaterThanOrEqual(range.days);
    }
  });

  it('is that of thirty days where the address names none', () => {
    expect([undefined, '', '31', '-7'].map((name) => rangeOf(name).days)).toEqual([30, 30, 30, 30]);
    expect(rangeOf('365').days).toBe(365);
  });
});

describe('periods', () => {
  it('are filled over gaps up to now, with counts of 0 and without milliseconds', () => {
    const all = filled([asked('2026-11-23'), asked('2026-11-26')], '2026-11-22', 1, now);
    expect(all.map(({ day, questions }) => [day.slice(8), questions])).toEqual([
      ['22', 0],
      ['23', 5],
      ['24', 0],
      ['25', 0],
      ['26', 5],
      ['27', 0],
      ['28', 0],
    ]);
    expect(all[0]).toMatchObject({ people: 0, answered: 0, statements: 0, p50_ms: null, p99_ms: null });
  });

  it('of a week lie on the weeks of the server', () => {
    const all = filled([asked('2026-11-12')], '2026-11-05', 7, now);
    expect(all.map(({ day }) => day)).toEqual(['2026-11-05', '2026-11-12', '2026-11-19', '2026-11-26']);
    expect(all[1]?.questions).toBe(5);
  });

  it('that this browser has for the future are kept', () => {
    const all = filled([asked('2026-11-30')], '2026-11-28', 1, now);
    expect(all.map(({ questions }) => questions)).toEqual([0, 0, 5]);
  });

  it('know what is in work, and no share of nothing', () => {
    expect(openOf(asked('2026-11-28'))).toBe(1);
    expect(openOf({ ...asked('2026-11-28'), inconclusive: 1 })).toBe(0);
    expect([shareOf(3, 4), shareOf(0, 4), shareOf(0, 0)]).toEqual([75, 0, null]);
  });
});
