// How fast documents come in, and how long it still takes where that can be told.
import type { Ingest } from '../types';

export interface Sample {
  /** Milliseconds. */
  at: number;
  files: number;
  seen: number;
}

/** What is older says nothing about now. */
const WINDOW_MS = 30_000;
/** Too short a time makes any rate. */
const LEAST_MS = 3000;

/** The samples that still count, with a new one. */
export function sampled(samples: readonly Sample[], ingest: Ingest, at: number): Sample[] {
  const { files, seen } = ingest;
  return [...samples.filter((one) => at - one.at <= WINDOW_MS && one.seen <= seen), { at, files, seen }];
}

/** Files a second; null as long as there is nothing to go by. */
export function rateOf(samples: readonly Sample[]): number | null {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || last.at - first.at < LEAST_MS) return null;
  return ((last.seen - first.seen) / (last.at - first.at)) * 1000;
}

/** Seconds; null while files are still being found, and while none is done. */
export function leftOf(samples: readonly Sample[]): number | null {
  const rate = rateOf(samples);
  const last = samples.at(-1);
  if (!rate || !last || samples.some(({ files }) => files !== last.files)) return null;
  return Math.ceil((last.files - last.seen) / rate);
}

/** What has been done in tenths: what is read aloud changes no more often than this. */
export const tenthsOf = ({ seen, files }: Ingest): number => (files === 0 ? 0 : Math.floor((seen / files) * 10));
