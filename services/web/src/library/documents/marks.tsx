// What a row says of a document besides its words, worded once for the table and the list.
import { Chip } from '../../parts/Chip';
import { AlertIcon } from '../../parts/icons';
import { documents as say } from '../../strings/documents';
import { dateWords, isPast } from '../../text/dates';
import type { DocumentRow } from '../types';
import { isPoor } from './filter';

export interface ListProps {
  rows: readonly DocumentRow[];
  hasMore: boolean;
  isFetching: boolean;
  onMore: () => void;
}

export const publishedOf = ({ published }: DocumentRow): string =>
  published === null ? say.undated : dateWords(published);

/** Which version it is, and what else is particular about it. */
export const particularsOf = ({ version, versions, access, is_in_force }: DocumentRow): string =>
  [
    say.versions(version, versions),
    access === 'abstract_only' ? say.abstractOnly : '',
    is_in_force ? '' : say.notInForce,
  ]
    .filter(Boolean)
    .join(' · ');

const warned = (text: string) => (
  <Chip tone="warn" icon={<AlertIcon size={13} />}>
    {text}
  </Chip>
);

/** How well its source was read; what wants a person's eye has a word and a sign. */
export function Read({ row: { quality } }: { row: DocumentRow }) {
  if (quality === null) return say.unmeasured;
  if (!isPoor(quality)) return say.quality(quality);
  return (
    <>
      {say.quality(quality)} {warned(say.poorly)}
    </>
  );
}

/** What wants a person's eye, where there are no columns to tell what it is about. */
export function Warnings({ row: { quality, review_by } }: { row: DocumentRow }) {
  return (
    <>
      {review_by !== null && isPast(review_by) && warned(say.inList.overdue)}
      {isPoor(quality) && warned(say.inList.poor)}
    </>
  );
}

export function ReviewDue({ row: { review_by } }: { row: DocumentRow }) {
  if (review_by === null) return say.noReview;
  const day = dateWords(review_by);
  if (!isPast(review_by)) return day;
  return (
    <>
      {day} {warned(say.overdue)}
    </>
  );
}
