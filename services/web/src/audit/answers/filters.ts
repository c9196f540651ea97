// Which answers are wanted, as it stands in the address and as the server is asked for it.
import { answersFound } from '../../strings/answersFound';

const errors = answersFound.form.errors;

export const names = [
  'from', 'to', 'status', 'verdict', 'actor', 'model', 'snapshot', 'document', 'version',
] as const;

type Name = (typeof names)[number];

/** What is absent does not narrow. */
export type Filters = Partial<Record<Name, string>>;

/** Without what is empty. */
export function filtersOf(search: Filters): Filters {
  const filters: Filters = {};
  for (const name of names) {
    const value = search[name]?.trim();
    if (value) filters[name] = value;
  }
  return filters;
}

export function queryOf({ snapshot, version, ...filters }: Filters, before: string | null, limit: number) {
  return {
    ...filters,
    ...(snapshot === undefined ? {} : { snapshot: Number(snapshot) }),
    ...(version === undefined ? {} : { version: Number(version) }),
    ...(before === null ? {} : { before: Number(before) }),
    limit,
  };
}

export type Faults = Partial<Record<Name, string>>;

const TIME = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;
const isTime = (text: string) => TIME.test(text) && !Number.isNaN(Date.parse(text));
const isWhole = (text: string) => /^\d{1,9}$/.test(text);

/** What cannot be asked for. */
export function faultsOf({ from, to, snapshot, document, version }: Filters): Faults {
  const faults: Faults = {};
  if (from !== undefined && !isTime(from)) faults.from = errors.time;
  if (to !== undefined && !isTime(to)) faults.to = errors.time;
  else if (from !== undefined && to !== undefined && Date.parse(to) <= Date.parse(from)) faults.to = errors.order;
  if (snapshot !== undefined && !isWhole(snapshot)) faults.snapshot = errors.number;
  if (version !== undefined && !isWhole(version)) faults.version = errors.number;
  else if (version !== undefined && document === undefined) faults.document = errors.document;
  return faults;
}

/** The number of an answer to go on before; null where it is none. */
export const beforeOf = (text: string | undefined): string | null =>
  text !== undefined && /^\d{1,15}$/.test(text) ? text : null;

/** As ids are made. */
export const isId = (text: string): boolean => /^[\w-]{1,64}$/.test(text);
