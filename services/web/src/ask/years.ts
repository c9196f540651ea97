// The years that are typed: which of them narrow the search, and what is wrong with the others.
import { ask } from '../strings';

export interface Typed {
  from: string;
  to: string;
}

export interface Years {
  from_year: number | null;
  to_year: number | null;
}

export interface ReadYears extends Years {
  errors: Partial<Record<keyof Typed, string>>;
}

const say = ask.filters.years;
/** As many digits as a year has. */
export const DIGITS = 4;
const YEAR = /^[12]\d{3}$/;

/** Only what is right narrows: a year that is none does not, nor do two that leave nothing between them. */
export function readYears(typed: Typed): ReadYears {
  const errors: ReadYears['errors'] = {};
  const read = (end: keyof Typed): number | null => {
    const text = typed[end].trim();
    if (text === '') return null;
    if (YEAR.test(text)) return Number(text);
    errors[end] = say.noYear;
    return null;
  };
  const [from_year, to_year] = [read('from'), read('to')];
  if (from_year === null || to_year === null || from_year <= to_year) return { from_year, to_year, errors };
  return { from_year: null, to_year: null, errors: { to: say.reversed } };
}
