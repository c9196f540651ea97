// The documents as a table, of which only the rows in sight are in the page. Arrows move, Enter opens.
import { useNavigate } from '@tanstack/react-router';
import {
  Cell, Collection, Column, Row, Table, TableBody, TableHeader, TableLayout, TableLoadMoreItem, Virtualizer,
} from 'react-aria-components';
import { Skeleton } from '../../parts/Skeleton';
import { literature } from '../../strings';
import { documents as say } from '../../strings/documents';
import { StatusChip } from '../StatusChip';
import type { DocumentRow } from '../types';
import styles from './Documents.module.css';
import { type ListProps, particularsOf, publishedOf, Read, ReviewDue } from './marks';
import { RowLink } from './RowLink';

/** Widths in sizes of a letter; the title has what is left. */
const columns = [
  { id: 'title', width: null },
  { id: 'issuer', width: 9 },
  { id: 'kind', width: 7 },
  { id: 'published', width: 6.5 },
  { id: 'status', width: 11.5 },
  { id: 'quality', width: 6.5 },
  { id: 'review', width: 6.5 },
  { id: 'findings', width: 5 },
] as const;

/** Three lines and the space around them. All rows are as high: where the last one is, is known before it is there. */
const ROW = 4.75;
const HEAD = 2.25;

/** The layout counts in pixels; what is read counts in sizes of a letter. */
const letter = (): number => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;

export function DocumentTable({ rows, hasMore, isFetching, onMore }: ListProps) {
  const navigate = useNavigate();
  const em = letter();
  return (
    <Virtualizer
      layout={TableLayout}
      layoutOptions={{ headingHeight: HEAD * em, rowHeight: ROW * em, loaderHeight: ROW * em }}
    >
      <Table
        aria-label={say.title}
        className={styles.table ?? ''}
        onRowAction={(id) => void navigate({ to: '/library/documents/$id', params: { id: String(id) } })}
      >
        <TableHeader className={styles.head ?? ''}>
          {columns.map(({ id, width }) => (
            <Column
              key={id}
              id={id}
              isRowHeader={id === 'title'}
              className={styles.column ?? ''}
              {...(width === null ? { width: '1fr', minWidth: 14 * em } : { width: width * em })}
            >
              {say.columns[id]}
            </Column>
          ))}
        </TableHeader>
        <TableBody>
          <Collection items={rows}>{line}</Collection>
          {hasMore && (
            <TableLoadMoreItem onLoadMore={onMore} isLoading={isFetching} className={styles.more ?? ''}>
              <Skeleton lines={2} label={say.more} />
            </TableLoadMoreItem>
          )}
        </TableBody>
      </Table>
    </Virtualizer>
  );
}

function line(row: DocumentRow) {
  const particulars = particularsOf(row);
  return (
    <Row id={row.document} textValue={row.title} className={styles.row ?? ''}>
      <Cell className={styles.cell ?? ''} textValue={row.title}>
        <RowLink row={row} />
        {particulars !== '' && <span className={styles.particulars}>{particulars}</span>}
      </Cell>
      <Cell className={styles.cell ?? ''}>
        <span className={styles.clamped}>{row.issuer}</span>
      </Cell>
      <Cell className={styles.cell ?? ''}>{literature.kinds[row.kind]}</Cell>
      <Cell className={styles.cell ?? ''}>{publishedOf(row)}</Cell>
      <Cell className={styles.cell ?? ''}>
        <StatusChip status={row.status} />
      </Cell>
      <Cell className={styles.cell ?? ''}>
        <Read row={row} />
      </Cell>
      <Cell className={styles.cell ?? ''}>
        <ReviewDue row={row} />
      </Cell>
      <Cell className={styles.cell ?? ''}>{row.findings}</Cell>
    </Row>
  );
}
