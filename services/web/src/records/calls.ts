// What numbers and alarms are read with.
import { queryOptions } from '@tanstack/react-query';
import { client, takeWhole } from '../api/client';
import { firstDay, type Range } from './range';
import type { Figures } from './types';

/** What the numbers are narrowed to; null for all. */
export interface Narrowing {
  corpus: string | null;
  /** `none` for answers that no model wrote. */
  model: string | null;
}

export const everything: Narrowing = { corpus: null, model: null };

/** The numbers, with what was asked for and when. */
export interface Read {
  figures: Figures;
  from: string;
  at: number;
}

async function read(range: Range, { corpus, model }: Narrowing, signal: AbortSignal): Promise<Read> {
  const at = Date.now();
  const from = firstDay(range, at);
  const query = {
    ...{ from, days: range.each },
    ...(corpus === null ? {} : { corpus }),
    ...(model === null ? {} : { model }),
  };
  return { figures: await takeWhole(client.GET('/v1/audit/figures', { params: { query }, signal })), from, at };
}

export const figuresQuery = (range: Range, narrowing: Narrowing) =>
  queryOptions({
    queryKey: ['figures', range.name, narrowing.corpus, narrowing.model],
    queryFn: ({ signal }) => read(range, narrowing, signal),
  });

export const alarmsQuery = queryOptions({
  queryKey: ['alarms'],
  queryFn: ({ signal }) => takeWhole(client.GET('/v1/audit/alarms', { signal })),
  staleTime: 60_000,
});
