// A run in work, looked at every second, with what is needed to tell how fast it is.
import { queryOptions } from '@tanstack/react-query';
import { Refused } from '../../api/problem';
import { getIngest } from '../calls';
import { ingestQuery } from '../queries';
import type { Ingest } from '../types';
import { type Sample, sampled } from './pace';

export interface Watched {
  ingest: Ingest;
  samples: Sample[];
}

const EVERY_MS = 1000;

export const isOver = ({ state }: Pick<Ingest, 'state'>): boolean => state !== 'working' && state !== 'stopping';

/** The server has been started anew since. */
export const isForgotten = (error: unknown): boolean => error instanceof Refused && error.problem.status === 404;

export const watchedQuery = (id: string) =>
  queryOptions({
    queryKey: [...ingestQuery(id).queryKey, 'watched'],
    queryFn: async ({ client, queryKey, signal }): Promise<Watched> => {
      const ingest = await getIngest(id, signal);
      const before = client.getQueryData<Watched>(queryKey);
      return { ingest, samples: sampled(before?.samples ?? [], ingest, Date.now()) };
    },
    refetchInterval: ({ state }) =>
      isForgotten(state.error) || (state.data && isOver(state.data.ingest)) ? false : EVERY_MS,
  });
