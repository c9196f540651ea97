// What readers said is read with these, and their reports are handled.
import { queryOptions } from '@tanstack/react-query';
import { client, takeWhole } from '../../api/client';
import type { View } from './feedback';
import type { Feedback, FeedbackList, HandlingChange } from './types';

/** Every list of what readers said. */
export const READERS = ['readers'] as const;

/** Of one page. */
const STRETCH = 50;

function listFeedback({ kind, state, before }: View, signal: AbortSignal): Promise<FeedbackList> {
  const query = {
    ...(kind === null ? {} : { kind }),
    ...(state === null ? {} : { state }),
    ...(before === null ? {} : { before }),
    limit: STRETCH,
  };
  return takeWhole(client.GET('/v1/audit/feedback', { params: { query }, signal }));
}

export const feedbackQuery = (view: View) =>
  queryOptions({
    queryKey: [...READERS, view],
    queryFn: ({ signal }) => listFeedback(view, signal),
    // Others work on them, too.
    staleTime: 15_000,
  });

export const postHandling = (id: string, body: HandlingChange): Promise<Feedback> =>
  takeWhole(client.POST('/v1/audit/feedback/{id}/handling', { params: { path: { id } }, body }));

export type ExportFormat = 'csv' | 'ndjson';

/** Followed as a link, it is saved as a file. */
export const exportAddress = (format: ExportFormat): string => `/v1/audit/feedback/export?format=${format}`;
