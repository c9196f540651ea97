// Times are said in UTC.
import { expect, it } from 'vitest';
import { timeUtc } from './times';

it('times are those of the record, to the minute or the second, and what is none is said as it came', () => {
  expect(timeUtc('2026-11-28T23:59:58+02:00')).toBe('28 Nov 2026, 21:59 UTC');
  expect(timeUtc('2026-11-28T01:02:03.456Z', true)).toBe('28 Nov 2026, 01:02:03 UTC');
  expect(timeUtc('soon')).toBe('soon');
});
