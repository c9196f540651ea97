// Dates that are known to the day, the month or the year.
import { expect, it } from 'vitest';
import { dateWords, isPast } from './dates';

it('are said as exactly as they are known', () => {
  expect(['2024-03-01', '2024-03', '2024', '', 'soon', '2024-13-01', '<b>'].map(dateWords)).toEqual([
    '1 Mar 2024', 'Mar 2024', '2024', '', 'soon', '2024-13-01', '<b>',
  ]);
});

it('are past when all of what they cover is over', () => {
  const now = Date.parse('2026-11-22T23:59:00Z');
  const past = ['2026-11-21', '2026-10', '2025'];
  const notYet = ['2026-11-22', '2026-11-23', '2026-11', '2026', '2027-01'];
  expect(past.map((date) => isPast(date, now))).toEqual([true, true, true]);
  expect(notYet.filter((date) => isPast(date, now))).toEqual([]);
});
