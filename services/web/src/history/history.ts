// Sorting conversations under the days of the reader's own calendar.
import type { ConversationHead } from '../api/types';
import { history as say } from '../strings/history';

export type Period = 'today' | 'yesterday' | 'week' | 'earlier';

export interface Group {
  period: Period;
  conversations: ConversationHead[];
}

export function titleOf({ title }: Pick<ConversationHead, 'title'>): string {
  return title?.trim() || say.untitled;
}

const PERIODS: readonly Period[] = ['today', 'yesterday', 'week', 'earlier'];

/** Groups that hold something, newest first; within each the order given. `zone` is the browser's unless one is named. */
export function grouped(conversations: readonly ConversationHead[], now: Date, zone?: string): Group[] {
  const dayOf = calendar(zone);
  const today = dayOf(now);
  const of = new Map<Period, ConversationHead[]>(PERIODS.map((period) => [period, []]));
  for (const conversation of conversations) {
    of.get(periodOf(dayOf(new Date(conversation.updated_at)), today))?.push(conversation);
  }
  return PERIODS.flatMap((period) => {
    const found = of.get(period) ?? [];
    return found.length > 0 ? [{ period, conversations: found }] : [];
  });
}

/** Weeks begin on Monday. A day after today is a clock that differs from the server's: it counts as today. */
function periodOf(day: number, today: number): Period {
  // Day 0, 1 January 1970, was a Thursday.
  const monday = today - ((today + 3) % 7);
  if (day >= today) return 'today';
  if (day === today - 1) return 'yesterday';
  return day >= monday ? 'week' : 'earlier';
}

/**
 * The number of the calendar day in a time zone. Days of 23 or 25 hours make differences of instants useless; calendar dates
 * are counted instead. NaN for what is no date, which is before nothing and after nothing: `earlier`.
 */
function calendar(zone: string | undefined): (instant: Date) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    ...(zone === undefined ? {} : { timeZone: zone }),
    ...{ calendar: 'gregory', numberingSystem: 'latn', year: 'numeric', month: 'numeric', day: 'numeric' },
  });
  return (instant) => {
    if (Number.isNaN(instant.getTime())) return Number.NaN;
    const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    return Date.UTC(parts.get('year') ?? 0, (parts.get('month') ?? 1) - 1, parts.get('day') ?? 1) / 86_400_000;
  };
}
