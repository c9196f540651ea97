// The title of a document in a list of rows that open it, too: a link of its own, so that it can be opened in another tab.
import { Link } from '@tanstack/react-router';
import type { KeyboardEvent, PointerEvent } from 'react';
import { documents as say } from '../../strings/documents';
import type { DocumentRow } from '../types';
import styles from './Documents.module.css';

// Else the row would open it as well.
const keepPointer = (event: PointerEvent) => event.stopPropagation();
const keepEnter = (event: KeyboardEvent) => {
  if (event.key === 'Enter') event.stopPropagation();
};

export function RowLink({ row }: { row: DocumentRow }) {
  return (
    <Link
      to="/library/documents/$id"
      params={{ id: row.document }}
      className={styles.title}
      title={row.title}
      onPointerDown={keepPointer}
      onKeyDown={keepEnter}
    >
      {row.title.trim() === '' ? say.untitled : row.title}
    </Link>
  );
}
