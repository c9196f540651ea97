// Names under which react-query keeps what was read, and how long each stays fresh.
import { queryOptions } from '@tanstack/react-query';
import * as calls from './calls';
import { Refused } from './problem';

export const keys = {
  session: ['session'] as const,
  conversations: ['conversations'] as const,
  conversation: (id: string) => ['conversation', id] as const,
  answer: (id: string) => ['answer', id] as const,
  document: (id: string, version: number | null) => ['document', id, version] as const,
};

/** Null where the server knows no sessions: an older one. */
export const sessionQuery = queryOptions({
  queryKey: keys.session,
  queryFn: ({ signal }) =>
    calls.getSession(signal).catch((error: unknown) => {
      if (error instanceof Refused && error.isMissingEndpoint) return null;
      throw error;
    }),
  staleTime: 30_000,
  // The pages wait for this one; the server is looked for in any case once it is lost.
  retry: false,
  // Somebody may have signed in or out in another tab.
  refetchOnWindowFocus: 'always',
});

/** Answers and versions of documents never change once written. */
const forever = Number.POSITIVE_INFINITY;

export const answerQuery = (id: string) =>
  queryOptions({
    queryKey: keys.answer(id),
    queryFn: ({ signal }) => calls.getAnswer(id, signal),
    staleTime: forever,
  });

export const plainQuery = (id: string) =>
  queryOptions({ queryKey: ['plain', id], queryFn: ({ signal }) => calls.getPlain(id, signal), staleTime: forever });

export const differentialQuery = (id: string) =>
  queryOptions({
    queryKey: ['differential', id],
    queryFn: ({ signal }) => calls.getDifferential(id, signal),
    staleTime: forever,
  });

/** Its text never changes, but its standing may: a version can be retracted while the page is open. */
export const documentQuery = (id: string, version: number | null) =>
  queryOptions({
    queryKey: keys.document(id, version),
    queryFn: ({ signal }) => calls.getDocument(id, version, signal),
    staleTime: 60_000,
  });

export const standingQuery = (quote: Parameters<typeof calls.getStanding>[0]) =>
  queryOptions({
    queryKey: ['standing', quote.passage, quote.start, quote.end],
    queryFn: ({ signal }) => calls.getStanding(quote, signal),
    staleTime: 60_000,
    // Without it the answer is shown as it was given.
    retry: false,
  });

export const corporaQuery = queryOptions({
  queryKey: ['corpora'],
  queryFn: ({ signal }) => calls.getCorpora(signal),
  staleTime: 300_000,
});

export const aboutQuery = queryOptions({ queryKey: ['about'], queryFn: ({ signal }) => calls.getAbout(signal) });

export const conversationQuery = (id: string) =>
  queryOptions({
    queryKey: keys.conversation(id),
    queryFn: ({ signal }) => calls.getConversation(id, signal),
    staleTime: 30_000,
  });

/** What the server has refused it will refuse again, unless it was busy. */
export function mayRetry(failures: number, error: unknown): boolean {
  if (error instanceof Refused) return error.isBusy && failures < 2;
  return failures < 1;
}
