// Names under which react-query keeps what was read of the library, and how long each stays fresh.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import * as calls from './calls';
import type { DocumentFilter, GapState } from './types';

/** After any change of the library: everything here may be different. */
export const libraryKey = ['library'] as const;

/** Others work here, too: what is shown is looked at again after this long. */
const staleTime = 15_000;

export const libraryCorporaQuery = queryOptions({
  queryKey: [...libraryKey, 'corpora'],
  queryFn: ({ signal }) => calls.getLibraryCorpora(signal),
  staleTime,
});

export const corpusRecordQuery = (id: string) =>
  queryOptions({
    queryKey: [...libraryKey, 'corpus', id],
    queryFn: ({ signal }) => calls.getCorpusRecord(id, signal),
    staleTime,
  });

/** From the first, or after the one that the server calls so. */
export const documentsQuery = (filter: DocumentFilter, after: string | null = null) =>
  infiniteQueryOptions({
    queryKey: [...libraryKey, 'documents', filter, after],
    queryFn: ({ pageParam, signal }) => calls.listDocuments(filter, pageParam, signal),
    initialPageParam: after,
    getNextPageParam: (page) => page.next,
    staleTime,
  });

export const libraryDocumentQuery = (id: string) =>
  queryOptions({
    queryKey: [...libraryKey, 'document', id],
    queryFn: ({ signal }) => calls.getLibraryDocument(id, signal),
    staleTime,
  });

/** Which of them are in force changes with every publication. */
export const passagesQuery = (id: string, version: number) =>
  queryOptions({
    queryKey: [...libraryKey, 'passages', id, version],
    queryFn: ({ signal }) => calls.getPassages(id, version, signal),
    staleTime,
  });

/** Bytes of a version never change. Not under `libraryKey`: no change of the library is a reason to read them again. */
export const originalTextQuery = (id: string, version: number) =>
  queryOptions({
    queryKey: ['original', id, version],
    queryFn: ({ signal }) => calls.getOriginalText(id, version, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Looked up once for each time that a picture has failed. */
export const pageProblemQuery = (address: string, attempt: number) =>
  queryOptions({
    queryKey: ['page', address, attempt],
    queryFn: ({ signal }) => calls.checkPage(address, signal),
    retry: false,
    gcTime: 0,
  });

export const overdueQuery = queryOptions({
  queryKey: [...libraryKey, 'overdue'],
  queryFn: ({ signal }) => calls.listOverdue(signal),
  staleTime,
});

export const ingestsQuery = queryOptions({
  queryKey: [...libraryKey, 'ingests'],
  queryFn: ({ signal }) => calls.listIngests(signal),
  staleTime,
});

export const ingestQuery = (id: string) =>
  queryOptions({
    queryKey: [...libraryKey, 'ingest', id],
    queryFn: ({ signal }) => calls.getIngest(id, signal),
    staleTime: 0,
  });

/** What was done by a run is on record and stays as it is. */
export const runQuery = (id: number) =>
  queryOptions({
    queryKey: ['run', id],
    queryFn: ({ signal }) => calls.getRun(id, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const stagedQuery = queryOptions({
  queryKey: [...libraryKey, 'staged'],
  queryFn: ({ signal }) => calls.getStaged(signal),
  staleTime,
});

export const goldenQuery = queryOptions({
  queryKey: [...libraryKey, 'golden'],
  queryFn: ({ signal }) => calls.getGolden(signal),
  staleTime,
});

export const proposalsQuery = (state: 'open' | 'closed') =>
  infiniteQueryOptions({
    queryKey: [...libraryKey, 'proposals', state],
    queryFn: ({ pageParam, signal }) => calls.listProposals(state, pageParam, signal),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next,
    staleTime,
  });

export const proposalQuery = (id: string) =>
  queryOptions({
    queryKey: [...libraryKey, 'proposal', id],
    queryFn: ({ signal }) => calls.getProposal(id, signal),
    staleTime,
  });

export const snapshotsQuery = queryOptions({
  queryKey: [...libraryKey, 'snapshots'],
  queryFn: ({ signal }) => calls.getSnapshots(signal),
  staleTime,
});

export const gapsQuery = (state: GapState) =>
  queryOptions({
    queryKey: [...libraryKey, 'gaps', state],
    queryFn: ({ signal }) => calls.listGaps(state, signal),
    staleTime,
  });
