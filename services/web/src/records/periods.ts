// Periods in a row without holes: the server names only those with questions.
import { dayOf, nameOfDay } from './range';
import type { Period } from './types';

/**
 * Every period from the first day on until now. Where nobody asked, the counts are 0, since that is a number like any
 * other. The milliseconds are null, and so is the share of supported statements: of nothing there is no median and no
 * share, so that a line has a gap there and does not fall to 0.
 */
export function filled(periods: readonly Period[], from: string, each: number, now: number): Period[] {
  const placeOf = (day: string) => Math.floor(dayOf(Date.parse(day)) / each);
  const held = new Map(periods.map((period) => [placeOf(period.day), period]));
  // The clock of this browser may be behind that of the server: what it sent is shown in any case.
  const places = [placeOf(from), Math.floor(dayOf(now) / each), ...held.keys()].filter(Number.isFinite);
  const first = Math.min(...places);
  return Array.from({ length: Math.max(...places) - first + 1 }, (_, at) => {
    const place = first + at;
    return held.get(place) ?? nothing(nameOfDay(place * each));
  });
}

const nothing = (day: string): Period => ({
  day,
  questions: 0,
  people: 0,
  answered: 0,
  abstained: 0,
  inconclusive: 0,
  failed: 0,
  statements: 0,
  supported: 0,
  p50_ms: null,
  p99_ms: null,
});

/** Questions that came to no end yet. */
export const openOf = ({ questions, answered, abstained, inconclusive, failed }: Period): number =>
  Math.max(questions - answered - abstained - inconclusive - failed, 0);

/** Of a hundred; null where there is nothing to have a share of. */
export const shareOf = (part: number, whole: number): number | null => (whole === 0 ? null : (part / whole) * 100);
