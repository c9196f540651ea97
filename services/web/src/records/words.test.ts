// The words of the numbers: shares are never rounded to what they are not.
import { describe, expect, it } from 'vitest';
import { records as say } from '../strings/records';
import { dayLong, milliseconds, nameOf, percent } from './words';

describe('numbers in words', () => {
  it.each([
    [1999, 2000, '99.9\u00a0%'],
    [1, 100_000, '0.1\u00a0%'],
    [2000, 2000, '100\u00a0%'],
    [0, 7, '0\u00a0%'],
    [2, 3, '66.7\u00a0%'],
    [0, 0, '–'],
  ])('%d of %d are %s', (part, whole, wanted) => {
    expect(percent(part, whole)).toBe(wanted);
  });

  it('are those of the record, whatever the place of the browser', () => {
    expect([dayLong('2026-11-01'), milliseconds(1234), milliseconds(null)]).toEqual(['1 Nov 2026', '1,234\u00a0ms', '–']);
  });

  it('name what they know, and say the rest as it came', () => {
    const { words } = say.shares.statuses;
    expect(nameOf('no_evidence', words)).toBe('Too little evidence');
    expect(nameOf('failed: model_down', words)).toBe('Failed: model_down');
    expect([nameOf('new_one', words), nameOf('constructor', words)]).toEqual(['new_one', 'constructor']);
  });
});
