// How two policies differ, field by field, and whether that allows less than before.
import type { Policy } from '../types';

export const fields = [
  'title', 'issuer', 'kind', 'licence', 'index', 'display', 'export', 'quote_words', 'expires', 'jurisdiction', 'language',
  'evidence_level',
] as const;
export type Field = (typeof fields)[number];

/** Null where the policy says nothing of it. */
export type Value = string | number | boolean | null;

export interface Difference {
  field: Field;
  /** Undefined where there was no policy before. */
  from: Value | undefined;
  to: Value;
  /** What is allowed by it is less or more than before; null where it is neither. */
  allows: 'less' | 'more' | null;
}

/** In the order of the fields. Of a new corpus, everything that its policy says. */
export function differencesOf(from: Policy | null, to: Policy): Difference[] {
  return fields.flatMap((field): Difference[] => {
    const after = valueOf(to, field);
    if (from === null) return after === null ? [] : [{ field, from: undefined, to: after, allows: null }];
    const before = valueOf(from, field);
    return before === after ? [] : [{ field, from: before, to: after, allows: allowsOf(from, to, field) }];
  });
}

const ofRights: readonly Field[] = ['index', 'display', 'export', 'quote_words', 'expires'];

/** Nothing is different but what may be done with the text, and nothing of that is more: one person's word is enough. */
export const isNarrower = (differences: readonly Difference[]): boolean =>
  differences.length > 0 && differences.every(({ field, allows }) => ofRights.includes(field) && allows !== 'more');

export function valueOf(policy: Policy, field: Field): Value {
  switch (field) {
    case 'index':
    case 'display':
    case 'export':
      return policy.rights[field];
    case 'quote_words':
    case 'expires':
      return policy.rights[field] ?? null;
    default:
      return policy[field] ?? null;
  }
}

function allowsOf(from: Policy, to: Policy, field: Field): Difference['allows'] {
  switch (field) {
    case 'index':
    case 'display':
    case 'export':
      return to.rights[field] ? 'more' : 'less';
    case 'quote_words':
      return ordered(shownWords(to), shownWords(from));
    case 'expires':
      return ordered(lastDay(to.rights.expires), lastDay(from.rights.expires));
    default:
      return null;
  }
}

/** What is shown of one document at a time where no figure is set, but documents may not be displayed. */
export const UNDISPLAYED_WORDS = 60;

const shownWords = ({ rights: { quote_words, display } }: Policy): number =>
  quote_words ?? (display ? Number.POSITIVE_INFINITY : UNDISPLAYED_WORDS);

/** As the server orders them: a year covers its months, a month its days. */
const lastDay = (date: string | null | undefined): string => (date == null ? '9999-99-99' : `${date}${'-99-99'.slice(date.length - 4)}`);

function ordered<T extends string | number>(after: T, before: T): Difference['allows'] {
  if (after === before) return null;
  return after < before ? 'less' : 'more';
}
