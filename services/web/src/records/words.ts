// Numbers, days and names as they are said.
import { records as say } from '../strings/records';
import { shareOf } from './periods';

const long = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
const short = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** "28 Nov 2026" */
export const dayLong = (day: string): string => long.format(Date.parse(day));

/** "28 Nov", for an axis. */
export const dayShort = (day: string): string => short.format(Date.parse(day));

export const count = (n: number): string => n.toLocaleString('en');

/** "98.4 %". All is said only of all, and nothing only of nothing: 1999 of 2000 are 99.9 %. */
export function percent(part: number, whole: number): string {
  const share = shareOf(part, whole);
  if (share === null) return say.none;
  const shown = part === 0 || part === whole ? share : Math.min(Math.max(share, 0.1), 99.9);
  return `${shown.toLocaleString('en', { maximumFractionDigits: 1 })}\u00a0%`;
}

export const milliseconds = (ms: number | null): string => (ms === null ? say.none : say.time.ms(count(ms)));

/** Names in words; a newer server may have some that have no words here yet. */
export function nameOf(name: string, words: Readonly<Record<string, string>>): string {
  const code = /^failed: ?(.+)$/.exec(name)?.[1];
  if (code !== undefined) return say.failedWith(code);
  return Object.hasOwn(words, name) ? (words[name] ?? name) : name;
}
