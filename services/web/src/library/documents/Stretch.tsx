// The documents that a filter leaves: fetched as they come into sight, and put away by the thousand so that the page stays quick.
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Button } from '../../parts/Button';
import { Notice } from '../../parts/Notice';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { Skeleton } from '../../parts/Skeleton';
import { useMedia } from '../../shell/useMedia';
import { documents as say } from '../../strings/documents';
import { library } from '../../strings/library';
import { documentsQuery } from '../queries';
import type { DocumentFilter } from '../types';
import { DocumentList } from './DocumentList';
import styles from './Documents.module.css';
import { DocumentTable } from './DocumentTable';
import { isFiltered, rowsOf } from './filter';

/** Eight columns need this much. */
const ROOM_FOR_TABLE = '(min-width: 64rem)';

/** Whoever has gone through so many goes on by a press of a button. */
export const MOST_ROWS = 2000;

interface Begun {
  after: string | null;
  /** Documents before it. */
  before: number;
  total: number | null;
}

const atFirst: Begun = { after: null, before: 0, total: null };

export function Stretch({ filter }: { filter: DocumentFilter }) {
  const [begun, setBegun] = useState(atFirst);
  const list = useInfiniteQuery(documentsQuery(filter, begun.after));
  const pages = list.data?.pages;
  const rows = useMemo(() => rowsOf(pages ?? []), [pages]);
  const total = begun.total ?? pages?.[0]?.total ?? rows.length;
  const List = useMedia(ROOM_FOR_TABLE) ? DocumentTable : DocumentList;
  const isFull = list.hasNextPage && rows.length >= MOST_ROWS;
  const next = pages?.at(-1)?.next ?? null;

  // The button that had the focus is gone.
  const count = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (begun !== atFirst) count.current?.focus();
  }, [begun]);

  const fetchMore = () => {
    // One that has failed is tried again by whoever reads, not by the list.
    if (list.hasNextPage && !isFull && !list.isFetching && !list.isFetchNextPageError) void list.fetchNextPage();
  };
  return (
    <>
      {/* Always there, so that what appears in it is read aloud. */}
      <p ref={count} role="status" tabIndex={-1} className={styles.total}>
        {pages && say.total(total, isFiltered(filter))}
        {pages && begun.before > 0 && ` ${say.from(begun.before + 1)}`}
      </p>
      {begun.before > 0 && <Button onPress={() => setBegun({ ...atFirst })}>{say.toFirst}</Button>}
      {list.isPending && <Skeleton lines={8} label={say.loading} />}
      {list.isError && !pages && (
        <ProblemNotice
          title={say.failed}
          error={list.error}
          actions={<Button onPress={() => void list.refetch()}>{library.retry}</Button>}
        />
      )}
      {pages && rows.length === 0 && <Empty isNarrowed={isFiltered(filter)} />}
      {rows.length > 0 && (
        <List
          key={begun.after}
          rows={rows}
          hasMore={list.hasNextPage && !isFull && !list.isFetchNextPageError}
          isFetching={list.isFetchingNextPage}
          onMore={fetchMore}
        />
      )}
      {isFull && (
        <p className={styles.full}>
          {say.full(begun.before + rows.length, total)}{' '}
          <Button onPress={() => setBegun({ after: next, before: begun.before + rows.length, total })}>{say.goOn}</Button>
        </p>
      )}
      {list.isFetchNextPageError && (
        <ProblemNotice
          title={say.moreFailed}
          error={list.error}
          actions={<Button onPress={() => void list.fetchNextPage()}>{library.retry}</Button>}
        />
      )}
    </>
  );
}

function Empty({ isNarrowed }: { isNarrowed: boolean }) {
  if (isNarrowed) return <Notice>{say.emptyFiltered}</Notice>;
  return <Notice actions={<Link to="/library/ingest">{say.toIngest}</Link>}>{say.empty}</Notice>;
}
