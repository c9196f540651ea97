// Offsets in texts with characters outside the first plane and with combining marks.
import { describe, expect, it } from 'vitest';
import { countPoints, slicePoints, unitsAt } from './points';

describe('code points', () => {
  const text = 'a😀e\u0301👩\u200d⚕\ufe0f≥5 mg';

  it('agree with the string iterator at every offset', () => {
    const points = [...text];
    for (let start = 0; start <= points.length; start += 1) {
      for (let end = start; end <= points.length; end += 1) {
        expect(slicePoints(text, start, end)).toBe(points.slice(start, end).join(''));
      }
    }
    expect(countPoints(text)).toBe(points.length);
  });

  it('count a combining mark and a joiner as points of their own', () => {
    expect(slicePoints('e\u0301x', 0, 1)).toBe('e');
    expect(countPoints('👩\u200d⚕\ufe0f')).toBe(4);
  });

  it('stop at the end of the text', () => {
    expect(unitsAt('😀', [0, 1, 2, 99])).toEqual([0, 2, 2, 2]);
    expect(slicePoints('abc', 2, 99)).toBe('c');
    expect(slicePoints('abc', 2, 1)).toBe('');
  });

  it('take a lone surrogate as one point', () => {
    expect(countPoints('\ud83da')).toBe(2);
  });
});
