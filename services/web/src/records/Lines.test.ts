// Lines break where there is nothing to show.
import { expect, it } from 'vitest';
import { pathOf } from './Lines';

it('a line begins anew after a gap, and never falls to 0 in it', () => {
  const scale = { x: (at: number) => at * 10, y: (value: number) => 100 - value };
  expect(pathOf([null, 50, 0, null, 25, null], scale)).toBe('M10.0 50.0L20.0 100.0M40.0 75.0');
  expect(pathOf([null, null], scale)).toBe('');
});
