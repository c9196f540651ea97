// Every call of the reviews, by name.
import { client, take } from '../../api/client';
import type {
  Item, ItemPage, Rating, Review, ReviewReply, ReviewRequest, Reviews, SignRequest, WholeItem,
} from './types';

const signalOf = (signal?: AbortSignal) => (signal ? { signal } : {});
const of = (id: string) => ({ path: { id } });
const ofItem = (id: string, item: number) => ({ path: { id, item } });

/**
 * A stretch with something in it, if there is one. The server leaves out of each what the reader has no part in, and a
 * stretch can come back empty with more behind it.
 */
export async function listReviews(before: Reviews['next'], signal?: AbortSignal): Promise<Reviews> {
  const query = before == null ? {} : { before };
  const page = await take(client.GET('/v1/reviews', { params: { query }, ...signalOf(signal) }));
  return page.reviews.length === 0 && page.next != null ? listReviews(page.next, signal) : page;
}

export const beginReview = (body: ReviewRequest): Promise<Review> => take(client.POST('/v1/reviews', { body }));

export const getReview = (id: string, signal?: AbortSignal): Promise<ReviewReply> =>
  take(client.GET('/v1/reviews/{id}', { params: of(id), ...signalOf(signal) }));

interface Wanted {
  /** Only what waits for the reader. */
  open?: boolean;
  /** `next` of the stretch before. */
  after?: number;
}

export const listItems = (id: string, query: Wanted, signal?: AbortSignal): Promise<ItemPage> =>
  take(client.GET('/v1/reviews/{id}/items', { params: { ...of(id), query }, ...signalOf(signal) }));

/** All of them, stretch by stretch: no more than two people have rated one by one. */
export async function allItems(id: string, signal?: AbortSignal): Promise<Item[]> {
  let page = await listItems(id, {}, signal);
  const found = [...page.items];
  while (page.next != null) {
    page = await listItems(id, { after: page.next }, signal);
    found.push(...page.items);
  }
  return found;
}

export const getItem = (id: string, item: number, signal?: AbortSignal): Promise<WholeItem> =>
  take(client.GET('/v1/reviews/{id}/items/{item}', { params: ofItem(id, item), ...signalOf(signal) }));

export const rate = (id: string, item: number, rating: Rating, comment: string | null): Promise<Item> =>
  take(client.PUT('/v1/reviews/{id}/items/{item}/rating', { params: ofItem(id, item), body: { rating, comment } }));

export const settle = (id: string, item: number, rating: Rating, reason: string): Promise<Item> =>
  take(client.PUT('/v1/reviews/{id}/items/{item}/adjudication', { params: ofItem(id, item), body: { rating, reason } }));

export const signReview = (id: string, body: SignRequest): Promise<Review> =>
  take(client.POST('/v1/reviews/{id}/signature', { params: of(id), body }));

/** Followed as a link. */
export const exportAddress = (id: string, format: 'csv' | 'ndjson' | 'pdf'): string =>
  `/v1/reviews/${encodeURIComponent(id)}/export?format=${format}`;
