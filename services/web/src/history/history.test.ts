// Days are the reader's calendar days, whatever the clock does to their length.
import { describe, expect, it } from 'vitest';
import type { ConversationHead } from '../api/types';
import { grouped } from './history';

const head = (updated_at: string): ConversationHead => ({
  id: updated_at,
  title: null,
  created_at: updated_at,
  updated_at,
  turns: 1,
});

const periods = (now: string, zone: string, ...instants: string[]) =>
  grouped(instants.map(head), new Date(now), zone).map((group) => [
    group.period,
    ...group.conversations.map((one) => one.id),
  ]);

describe('grouped', () => {
  it('puts each conversation under one heading and leaves out empty ones', () => {
    // A Thursday in Berlin.
    const found = periods(
      '2026-11-19T12:00:00Z',
      'Europe/Berlin',
      ...['2026-11-19T08:00:00Z', '2026-11-18T08:00:00Z', '2026-11-16T08:00:00Z', '2026-11-15T08:00:00Z'],
    );
    expect(found).toEqual([
      ['today', '2026-11-19T08:00:00Z'],
      ['yesterday', '2026-11-18T08:00:00Z'],
      ['week', '2026-11-16T08:00:00Z'],
      ['earlier', '2026-11-15T08:00:00Z'],
    ]);
    expect(grouped([], new Date('2026-11-19T12:00:00Z'))).toEqual([]);
  });

  it('begins the week on Monday', () => {
    // On a Monday, the days before yesterday are last week.
    expect(
      periods('2026-11-16T12:00:00Z', 'UTC', '2026-11-15T12:00:00Z', '2026-11-14T12:00:00Z').map(([period]) => period),
    ).toEqual(['yesterday', 'earlier']);
    // On a Sunday, Monday is still this week.
    expect(
      periods('2026-11-22T12:00:00Z', 'UTC', '2026-11-16T00:00:00Z', '2026-11-15T23:59:59Z').map(([period]) => period),
    ).toEqual(['week', 'earlier']);
  });

  it('counts calendar days where the clock is put forward', () => {
    // 29 March 2026 in Berlin has 23 hours. 00:30 on the 30th: yesterday began only 23.5 hours ago.
    expect(
      periods('2026-03-29T22:30:00Z', 'Europe/Berlin', '2026-03-28T23:10:00Z', '2026-03-28T22:50:00Z').map(([p]) => p),
    ).toEqual(['yesterday', 'earlier']);
  });

  it('counts calendar days where the clock is put back', () => {
    // 1 November 2026 in New York has 25 hours: 24.5 hours ago is still today at 23:50.
    expect(
      periods('2026-11-02T04:50:00Z', 'America/New_York', '2026-11-01T04:20:00Z', '2026-11-01T03:50:00Z').map(
        ([p]) => p,
      ),
    ).toEqual(['today', 'yesterday']);
  });

  it('takes the day of the reader, not of the server', () => {
    const [now, instant] = ['2026-11-19T11:30:00Z', '2026-11-19T10:30:00Z'];
    // Across midnight at the edge of the date line, the same hour apart.
    expect(periods(now, 'Pacific/Kiritimati', instant)[0]?.[0]).toBe('today');
    expect(periods('2026-11-19T10:15:00Z', 'Pacific/Kiritimati', '2026-11-19T09:45:00Z')[0]?.[0]).toBe('yesterday');
    expect(periods('2026-11-19T10:15:00Z', 'UTC', '2026-11-19T09:45:00Z')[0]?.[0]).toBe('today');
  });

  it('takes a clock ahead of ours for today and no date at all for earlier', () => {
    expect(periods('2026-11-19T12:00:00Z', 'UTC', '2026-11-20T01:00:00Z', 'soon')).toEqual([
      ['today', '2026-11-20T01:00:00Z'],
      ['earlier', 'soon'],
    ]);
  });
});
