// Dates of documents as they are said. Many are known to the year or the month only.

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
const month = new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric', timeZone: 'UTC' });

/** "1 Mar 2024", "Mar 2024" or "2024"; what is no date is said as it came. */
export function dateWords(date: string): string {
  const [, year, inYear, inMonth] = /^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$/.exec(date) ?? [];
  const ms = Date.parse(date);
  if (year === undefined || Number.isNaN(ms) || inYear === undefined) return date;
  return (inMonth === undefined ? month : day).format(ms);
}

/** Whether the day, or all of the month or the year, is over, in UTC. */
export const isPast = (date: string, now = Date.now()): boolean => date < new Date(now).toISOString().slice(0, date.length);
