// A review to be, and what of it is refused: here, or by the server.
import { Refused } from '../../api/problem';
import { sentence } from '../../parts/ProblemNotice';
import { reviews } from '../../strings/reviews';
import { countPoints } from '../../text/points';
import type { ReviewRequest } from './types';

const say = reviews.new.errors;

export interface Draft {
  name: string;
  /** Days, the last one included: 2026-11-30. */
  from: string;
  to: string;
  size: string;
  one: string;
  two: string;
  third: string;
  seed: string;
}

/** `people`: one of the three, and it is not known which. */
export type Faults = Partial<Record<keyof Draft | 'people', string>>;

const MOST = 10_000;
const MAX_TITLE = 2000;
const DAY_MS = 86_400_000;

/** The last month that is over, in UTC as all times of the record. */
export function begun(now: number): Draft {
  const date = new Date(now);
  const month = (ago: number) => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - ago);
  const days = { from: dayName(month(1)), to: dayName(month(0) - DAY_MS) };
  return { name: '', ...days, size: '50', one: '', two: '', third: '', seed: '' };
}

const dayName = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

const startOf = (day: string): number => (/^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN);

export function requestOf(draft: Draft): { request: ReviewRequest } | { faults: Faults } {
  const [title, one, two, third, seed] = [draft.name, draft.one, draft.two, draft.third, draft.seed].map((text) => text.trim()) as
    [string, string, string, string, string];
  const [from, to, size] = [startOf(draft.from), startOf(draft.to), draft.size.trim()];
  const faults: Faults = {};
  if (title === '') faults.name = say.name;
  if (countPoints(title) > MAX_TITLE) faults.name = say.long;
  if (Number.isNaN(from)) faults.from = say.day;
  if (Number.isNaN(to)) faults.to = say.day;
  if (to < from) faults.to = say.order;
  if (!/^\d{1,5}$/.test(size) || Number(size) < 1 || Number(size) > MOST) faults.size = say.size;
  if (one === '') faults.one = say.account;
  if (two === '') faults.two = say.account;
  if (two !== '' && isSame(one, two)) faults.two = say.same;
  if (third !== '' && (isSame(third, one) || isSame(third, two))) faults.third = say.third;
  if (seed !== '' && !/^[\da-f]{64}$/i.test(seed)) faults.seed = say.seed;
  if (Object.keys(faults).length > 0) return { faults };
  return {
    request: {
      title,
      from: new Date(from).toISOString(),
      to: new Date(to + DAY_MS).toISOString(),
      size: Number(size),
      reviewers: [one, two],
      adjudicator: third === '' ? null : third,
      seed: seed === '' ? null : seed,
    },
  };
}

/** The server takes names in any case. */
const isSame = (one: string, other: string): boolean => one.trim().toLowerCase() === other.trim().toLowerCase();

/** At which field the server's refusal belongs; nothing where that cannot be told. */
export function faultsOf(error: unknown, draft: Draft): Faults {
  if (!(error instanceof Refused)) return {};
  const { code, detail } = error.problem;
  const said = sentence(detail);
  if (code === 'unknown_account') return { people: say.unknown };
  if (code === 'bad_reviewer') {
    const [name = ''] = detail.split(' ');
    const field = (['one', 'two', 'third'] as const).find((one) => isSame(draft[one], name));
    return { [field ?? 'people']: said };
  }
  // They have one code, and are told apart by what is said.
  const found = fields.find(([, pattern]) => pattern.test(detail));
  return found && (code === 'bad_field' || code === 'bad_time') ? { [found[0]]: said } : {};
}

const fields: readonly [keyof Draft, RegExp][] = [
  ['name', /^the title\b/],
  ['from', /^from\b/],
  ['to', /^to\b/],
  ['seed', /\bseed\b/],
  ['size', /\bsample is empty\b/],
  ['two', /\btwo different reviewers\b/],
  ['third', /\bsettles the differences\b/],
];
