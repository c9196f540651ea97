// The way to a place in a document, which the reader holds against the answer.
import { Link } from '@tanstack/react-router';
import { documentSearch, type Opened } from '../../reader/state';
import { record } from '../../strings/record';
import styles from './Record.module.css';

const say = record.answer;

export function PlaceLink({ opened, title }: { opened: Opened; title: string }) {
  const { document, start, end } = opened;
  return (
    <p className={styles.place}>
      <Link to="/documents/$id" params={{ id: document }} search={documentSearch(opened)}>
        {say.open(title)}
      </Link>
      {start !== null && end !== null && <span>, {say.place(start, end)}</span>}
    </p>
  );
}
