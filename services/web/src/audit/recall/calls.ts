// What recalls are read with.
import { queryOptions } from '@tanstack/react-query';
import { client, take } from '../../api/client';
import type { components } from '../../api/schema';

type Schemas = components['schemas'];

export type Recall = Schemas['Recall'];
export type FoundAnswer = Schemas['FoundAnswer'];

/** Answers that rest on a document: on this version of it, or on any. */
export interface Wanted {
  document: string;
  version: number | null;
}

/** A stretch of the list, with the time at which it was read. */
export interface Listed extends Recall {
  at: string;
}

export async function getRecall(wanted: Wanted, before: number | null, signal: AbortSignal): Promise<Listed> {
  const { document, version } = wanted;
  const query = { document, ...(version === null ? {} : { version }), ...(before === null ? {} : { before }) };
  const found = await take(client.GET('/v1/audit/recall', { params: { query }, signal }));
  return { ...found, at: new Date().toISOString() };
}

export const recallQuery = (wanted: Wanted, before: number | null) =>
  queryOptions({
    queryKey: ['recall', wanted.document, wanted.version, before],
    queryFn: ({ signal }) => getRecall(wanted, before, signal),
    // Each reading is an entry in the log: none without a reason.
    staleTime: 60_000,
  });
