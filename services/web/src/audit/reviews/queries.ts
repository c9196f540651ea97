// Names under which the reviews are kept once read.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { allItems, getItem, getReview, listItems, listReviews } from './calls';
import type { Reviews } from './types';

export const reviewsQuery = infiniteQueryOptions({
  queryKey: ['reviews'],
  queryFn: ({ pageParam, signal }) => listReviews(pageParam, signal),
  initialPageParam: null as Reviews['next'],
  getNextPageParam: (page) => page.next,
});

/** Only to tell whether something waits. */
export const latestReviewsQuery = queryOptions({
  queryKey: ['reviews', 'latest'],
  queryFn: ({ signal }) => listReviews(null, signal),
});

export const reviewQuery = (id: string) =>
  queryOptions({ queryKey: ['review', id], queryFn: ({ signal }) => getReview(id, signal) });

/** The first of those that wait for the reader. */
export const openItemsQuery = (id: string) =>
  queryOptions({
    queryKey: ['review', id, 'open'],
    queryFn: ({ signal }) => listItems(id, { open: true }, signal),
  });

/** The server notes each reading of an item: it is read when it is shown, and not ahead. */
export const itemQuery = (id: string, item: number) =>
  queryOptions({ queryKey: ['review', id, 'item', item], queryFn: ({ signal }) => getItem(id, item, signal) });

export const allItemsQuery = (id: string) =>
  queryOptions({ queryKey: ['review', id, 'all'], queryFn: ({ signal }) => allItems(id, signal) });
