// Times of the record as they are said: in UTC, whatever the place of the browser.

const form = { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' } as const;
const minutes = new Intl.DateTimeFormat('en-GB', { ...form, timeZone: 'UTC' });
const seconds = new Intl.DateTimeFormat('en-GB', { ...form, second: '2-digit', timeZone: 'UTC' });

/** "28 Nov 2026, 18:30 UTC". What is no time is said as it came. */
export function timeUtc(at: string, isExact = false): string {
  const ms = Date.parse(at);
  return Number.isNaN(ms) ? at : `${(isExact ? seconds : minutes).format(ms)} UTC`;
}
