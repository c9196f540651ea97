// What is watched, in words: values in their units, and which side of a limit is wrong.
import { alarms as say } from '../strings/alarms';
import type { Measure, MeasureName } from './types';
import { count, milliseconds } from './words';

type Unit = 'share' | 'per_hundred' | 'citations' | 'ms' | 'hours';

const units: Record<MeasureName, Unit> = {
  supported: 'share',
  abstained: 'share',
  failed: 'share',
  contradicted: 'share',
  stale: 'share',
  retracted: 'citations',
  disagreed: 'per_hundred',
  identifiers: 'share',
  p99_ms: 'ms',
  waiting_hours: 'hours',
};

/** A newer server may watch what has no words here yet. */
const unitOf = (name: string): Unit | null => (Object.hasOwn(units, name) ? units[name as MeasureName] : null);

export const nameOf = (name: string): string => (Object.hasOwn(say.names, name) ? say.names[name as MeasureName] : name);

const short = (n: number, digits: number): string => n.toLocaleString('en', { maximumFractionDigits: digits });

function written(name: string, value: number): string {
  switch (unitOf(name)) {
    case 'share':
      return say.share(short(value * 100, 2));
    case 'per_hundred':
      return say.perHundred(short(value * 100, 2));
    case 'citations':
      return say.citations(count(value));
    case 'ms':
      return milliseconds(value);
    case 'hours':
      return say.hours(short(value, 1));
    case null:
      return short(value, 3);
  }
}

export const valueOf = ({ name, value }: Measure): string => (value === null ? say.nothing : written(name, value));

export function limitOf({ name, limit, side }: Measure): string {
  if (limit === null) return say.noLimit;
  if (name === 'retracted' && limit === 0) return say.any;
  const unit = unitOf(name);
  const isShare = unit === 'share' || unit === 'per_hundred';
  // As the server judges: no share is beyond these.
  const isBeyond = isShare && (side === 'above' ? limit >= 1 : limit <= 0);
  return isBeyond ? say.never(written(name, limit)) : say.limit[side](written(name, limit));
}

export const isRaised = ({ state }: Measure): boolean => state === 'raised';

/** Those that are raised first, else as they came. */
export const inOrder = (measures: readonly Measure[]): Measure[] => [
  ...measures.filter(isRaised),
  ...measures.filter((one) => !isRaised(one)),
];
