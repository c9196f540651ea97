// Rates, sizes and files, as they are told.
import { describe, expect, it } from 'vitest';
import { sizeWords } from '../document/size';
import type { Ingest } from '../types';
import { faultOf, withMore } from './files';
import { leftOf, rateOf, sampled, type Sample, tenthsOf } from './pace';

const at = (seconds: number, seen: number, files = 100): Sample => ({ at: seconds * 1000, seen, files });
const file = (name: string, bytes: number) =>
  Object.defineProperty(new File([], name, { lastModified: 1 }), 'size', { value: bytes });

describe('the pace', () => {
  it('is that of the last half minute, and not told from too little', () => {
    expect(rateOf([])).toBeNull();
    expect(rateOf([at(0, 0), at(2, 50)])).toBeNull();
    expect(rateOf([at(0, 0), at(5, 50), at(10, 60)])).toBe(6);
    const kept = sampled([at(0, 0), at(20, 10), at(40, 12)], { files: 100, seen: 14 } as Ingest, 50_000);
    expect(kept.map(({ seen }) => seen)).toEqual([10, 12, 14]);
  });

  it('tells what is left only when nothing more is being found, and something is done', () => {
    expect(leftOf([at(0, 0), at(10, 20)])).toBe(40);
    expect(leftOf([at(0, 0, 90), at(10, 20, 100)])).toBeNull();
    expect(leftOf([at(0, 20), at(10, 20)])).toBeNull();
  });

  it('is read aloud by tenths', () => {
    expect(tenthsOf({ seen: 0, files: 0 } as Ingest)).toBe(0);
    expect([9, 10, 39, 100].map((seen) => tenthsOf({ seen, files: 100 } as Ingest))).toEqual([0, 1, 3, 10]);
  });
});

describe('files', () => {
  it('have sizes, each in the unit that it is rounded to', () => {
    expect([0, 999, 1000, 999_499, 999_500, 1_549_000, 100_000_001].map(sizeWords)).toEqual([
      '0\u00a0bytes', '999\u00a0bytes', '1\u00a0kB', '999\u00a0kB', '1\u00a0MB', '1.5\u00a0MB', '100\u00a0MB',
    ]);
  });

  it('are added once, and told what is wrong with them', () => {
    const one = withMore([], [file('a', 10), file('a', 10), file('a', 11)]);
    expect(one.map(({ key }) => key)).toEqual([1, 2]);
    expect(withMore(one, [file('b', 1)]).map(({ key }) => key)).toEqual([1, 2, 3]);
    expect(faultOf([])).toBe('none');
    expect(faultOf(withMore([], [file('a', 100_000_000)]))).toBeNull();
    expect(faultOf(withMore([], [file('a', 100_000_000), file('b', 1)]))).toBe('too_much');
    expect(faultOf(withMore([], [file('a', 0)]))).toBe('empty_file');
  });
});
