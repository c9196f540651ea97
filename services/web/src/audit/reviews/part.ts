// What a person may do in a review. The server decides for itself at every call.
import type { Review } from './types';

/** Where they stand among the reviewers; null for others. */
export function placeOf(review: Review, me: string | null): number | null {
  const place = me === null ? -1 : review.reviewers.indexOf(me);
  return place < 0 ? null : place;
}

/** Whether they settle differences: who is named, or whoever comes first and is no reviewer. */
export function isThird(review: Review, me: string | null): boolean {
  return me !== null && placeOf(review, me) === null && (review.adjudicator ?? me) === me;
}

export type Work = 'rate' | 'settle' | 'read';

/** What there is for them to do with its items. */
export function workOf(review: Review, me: string | null): Work {
  if (review.state === 'open' && placeOf(review, me) !== null) return 'rate';
  return review.state === 'adjudication' && isThird(review, me) ? 'settle' : 'read';
}

/** Items that wait for them. */
export function waitingFor(review: Review, me: string | null): number {
  const work = workOf(review, me);
  if (work === 'settle') return review.differences;
  const place = placeOf(review, me);
  return work === 'rate' && place !== null ? Math.max(review.items - (review.rated[place] ?? 0), 0) : 0;
}

/** The number of an item as it stands in the address; null for what is none. */
export const itemNumber = (text: string | undefined): number | null =>
  text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
