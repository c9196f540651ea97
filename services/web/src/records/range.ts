// How far back is looked, and in periods of how many days.

export type RangeName = '7' | '30' | '90' | '365';

export interface Range {
  /** As it stands in the address. */
  name: RangeName;
  days: number;
  /** Days of one period. */
  each: number;
}

const month: Range = { name: '30', days: 30, each: 1 };

export const ranges: readonly Range[] = [
  { name: '7', days: 7, each: 1 },
  month,
  { name: '90', days: 90, each: 7 },
  { name: '365', days: 365, each: 30 },
];

export const rangeOf = (name: string | undefined): Range => ranges.find((range) => range.name === name) ?? month;

const DAY_MS = 86_400_000;

/** Days since 1970, in UTC as all times of the record. */
export const dayOf = (ms: number): number => Math.floor(ms / DAY_MS);

export const nameOfDay = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/**
 * The first day that is asked for. The server counts its periods from 1970 on: that the first is a whole one, and not low
 * only because it is cut, the range begins where a period does, even if it gets a little longer.
 */
export function firstDay({ days, each }: Range, now: number): string {
  const wanted = dayOf(now) - days + 1;
  return nameOfDay(wanted - (wanted % each));
}
