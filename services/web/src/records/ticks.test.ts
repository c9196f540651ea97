// Axes are marked at round numbers.
import { describe, expect, it } from 'vitest';
import { ticks } from './ticks';

describe('the numbers on an axis', () => {
  it.each([
    [0, [0, 1]],
    [Number.NaN, [0, 1]],
    [1, [0, 1]],
    [3, [0, 1, 2, 3]],
    [5, [0, 2, 4, 6]],
    [9, [0, 5, 10]],
    [21, [0, 10, 20, 30]],
    [100, [0, 50, 100]],
    [1234, [0, 500, 1000, 1500]],
  ])('of a most of %d are %j', (most, wanted) => {
    expect(ticks(most)).toEqual(wanted);
  });

  it('are round, few, and hold whatever is shown', () => {
    for (let most = 1; most < 2_000_000; most = Math.ceil(most * 1.13)) {
      const all = ticks(most);
      const step = all[1] ?? 0;
      expect([1, 2, 5]).toContain(Number(String(step).replace(/0+$/, '')));
      expect(all.at(-1)).toBeGreaterThanOrEqual(most);
      expect(all.at(-2)).toBeLessThan(most);
      expect(all.length).toBeLessThanOrEqual(6);
    }
  });
});
