// Age in years from a FHIR birth date, which may be a year, a month or a day.
/** A FHIR date as year, month, day, counted from 1; null for what is no date of the calendar. */
function parts(date: string): { year: number; month: number | null; day: number | null } | null {
  const found = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(date);
  if (found === null) return null;
  const [year, month, day] = [Number(found[1]), found[2] ? Number(found[2]) : null, found[3] ? Number(found[3]) : null];
  const real = new Date(Date.UTC(year, (month ?? 1) - 1, day ?? 1));
  const exists = real.getUTCMonth() === (month ?? 1) - 1 && real.getUTCDate() === (day ?? 1);
  return exists ? { year, month, day } : null;
}

/**
 * Whole years from the second birthday on, whole months before it, days as a share of a year in the first month: as age
 * is spoken of. `exact` is false where the birth date is not a whole date; its missing part is then taken from the middle.
 */
export function ageAt(born: string, today: string): { years: number; exact: boolean } | null {
  const [from, to] = [parts(born), parts(today.slice(0, 10))];
  if (from === null || to?.month == null || to.day === null) return null;
  const month = from.month ?? 7;
  const day = from.day ?? (from.month === null ? 1 : 15);
  const days = (Date.UTC(to.year, to.month - 1, to.day) - Date.UTC(from.year, month - 1, day)) / 86_400_000;
  const exact = from.day !== null;
  if (days < 0) {
    // Born later this year or month than the middle of it: an infant, not an error.
    const sameYear = from.year === to.year && (from.month === null || from.month === to.month);
    return !exact && sameYear ? { years: 0, exact } : null;
  }
  const months = (to.year - from.year) * 12 + (to.month - month) - (to.day < day ? 1 : 0);
  if (months >= 24) return { years: Math.floor(months / 12), exact };
  return { years: months >= 1 ? months / 12 : days / 365.25, exact };
}
