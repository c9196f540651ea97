// The documents as a list, where there is no room for a table. Only what is in sight is in the page.
import { useNavigate } from '@tanstack/react-router';
import {
  Collection, GridList, GridListItem, GridListLoadMoreItem, ListLayout, Virtualizer,
} from 'react-aria-components';
import { Skeleton } from '../../parts/Skeleton';
import { literature } from '../../strings';
import { documents as say } from '../../strings/documents';
import { dateWords } from '../../text/dates';
import { StatusChip } from '../StatusChip';
import type { DocumentRow } from '../types';
import styles from './Documents.module.css';
import { type ListProps, particularsOf, publishedOf, Warnings } from './marks';
import { RowLink } from './RowLink';

export function DocumentList({ rows, hasMore, isFetching, onMore }: ListProps) {
  const navigate = useNavigate();
  return (
    <Virtualizer layout={ListLayout} layoutOptions={{ estimatedRowSize: 120, loaderSize: 64 }}>
      <GridList
        aria-label={say.title}
        className={styles.list ?? ''}
        onAction={(id) => void navigate({ to: '/library/documents/$id', params: { id: String(id) } })}
      >
        <Collection items={rows}>{entry}</Collection>
        {hasMore && (
          <GridListLoadMoreItem onLoadMore={onMore} isLoading={isFetching} className={styles.more ?? ''}>
            <Skeleton lines={2} label={say.more} />
          </GridListLoadMoreItem>
        )}
      </GridList>
    </Virtualizer>
  );
}

function entry(row: DocumentRow) {
  const { status, quality, review_by, findings } = row;
  const facts = [
    row.issuer,
    literature.kinds[row.kind],
    publishedOf(row),
    particularsOf(row),
    quality === null ? '' : say.inList.quality(say.quality(quality)),
    review_by === null ? '' : say.inList.review(dateWords(review_by)),
    findings === 0 ? '' : say.inList.findings(findings),
  ];
  return (
    <GridListItem id={row.document} textValue={row.title} className={styles.entry ?? ''}>
      <RowLink row={row} />
      <span className={styles.chips}>
        <StatusChip status={status} />
        <Warnings row={row} />
      </span>
      <span className={styles.line}>{facts.filter(Boolean).join(' · ')}</span>
    </GridListItem>
  );
}
