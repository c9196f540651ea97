// What narrows a search: how much of it is set, and that in words. For the field of questions, for turns and for records.
import type { Filters } from '../api/types';
import { ask, literature } from '../strings';
import { dateWords } from '../text/dates';

/** An older state of the library; its day where it is known. */
export interface AsOf {
  number: number;
  publishedAt: string | null;
}

type Name = keyof typeof ask.filters.said;

const isSet = (value: unknown): boolean =>
  value !== null && value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0);

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const setIn = (filters: object): [string, unknown][] => Object.entries(filters).filter(([, value]) => isSet(value));

/** Without what does not narrow; null where nothing does. */
export function narrowing(filters: Filters): Filters | null {
  const set = setIn(filters);
  return set.length === 0 ? null : Object.fromEntries(set);
}

/** Ticks, years and switches that are set. */
export const countOf = (filters: Filters): number =>
  setIn(filters).reduce((sum, [, value]) => sum + listOf(value).length, 0);

const named = (words: Readonly<Record<string, string>>, value: string): string =>
  Object.hasOwn(words, value) ? (words[value] ?? value) : value;

function valueWords(name: string, value: string, titleOf: (corpus: string) => string): string {
  switch (name) {
    case 'corpora':
      return titleOf(value);
    case 'kinds':
      return named(literature.kinds, value);
    case 'statuses':
      return named(literature.statuses, value);
    case 'populations':
      return named(ask.filters.populationNames, value);
    default:
      return value;
  }
}

/** What is set, each in words. Records may hold what has no words here: that is said as it is written. */
export function inWords(filters: unknown, titleOf: (corpus: string) => string = (id) => id): string[] {
  if (typeof filters !== 'object' || filters === null) return [];
  const { said, saidOther } = ask.filters;
  // Always in the same order, whichever was set first.
  const names = Object.keys(said);
  const placeOf = ([name]: [string, unknown]) => (names.includes(name) ? names.indexOf(name) : names.length);
  const set = setIn(filters).sort((a, b) => placeOf(a) - placeOf(b));
  return set.map(([name, value]) => {
    const values = listOf(value)
      .map((one) => valueWords(name, text(one), titleOf))
      .join(', ');
    return Object.hasOwn(said, name) ? said[name as Name](values) : saidOther(name, values);
  });
}

/** "3 Mar 2026 (snapshot 3)" */
export function asOfWords({ number, publishedAt }: AsOf): string {
  const { snapshot, dated } = ask.asOf;
  return publishedAt === null ? snapshot(number) : dated(dateWords(publishedAt.slice(0, 10)), number);
}
