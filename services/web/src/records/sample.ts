// What may be watched, for tests.
import type { Measure, MeasureName, Watch } from './types';

export const measure = (name: MeasureName, change: Partial<Measure> = {}): Measure => ({
  name,
  value: 0.01,
  limit: 0.02,
  side: 'above',
  state: 'quiet',
  ...change,
});

/** As the server has it when nothing is wrong. */
export const quiet: Watch = {
  from: '2026-11-21T12:00:00Z',
  to: '2026-11-28T12:00:00Z',
  days: 7,
  questions: 1342,
  least: 50,
  measures: [
    measure('supported', { value: 0.984, limit: 0.9, side: 'below' }),
    measure('abstained', { value: 0.2, limit: 0.6 }),
    measure('failed'),
    measure('contradicted'),
    measure('stale', { limit: 0.1 }),
    measure('retracted', { value: 0, limit: 0 }),
    measure('disagreed', { limit: 0.1 }),
    measure('identifiers', { limit: 0.05 }),
    measure('p99_ms', { value: 4100, limit: null, state: 'unwatched' }),
    measure('waiting_hours', { value: null, limit: 24 }),
  ],
};

export const watching = (changed: Partial<Record<MeasureName, Partial<Measure>>>, change: Partial<Watch> = {}): Watch => ({
  ...quiet,
  ...change,
  measures: quiet.measures.map((one) => ({ ...one, ...changed[one.name] })),
});
