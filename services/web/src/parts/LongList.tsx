// A list that may be very long: page by page, so that only a page of it is in the document, and searched as a whole.
import { type ReactNode, useMemo, useRef, useState } from 'react';
import { parts as words } from '../strings';
import { Button } from './Button';
import { Field } from './Field';
import styles from './LongList.module.css';

interface LongListProps<T> {
  label: string;
  items: readonly T[];
  /** Differs for each. */
  keyOf: (item: T) => string;
  /** What it is searched by. */
  textOf: (item: T) => string;
  children: (item: T) => ReactNode;
}

const PAGE = 100;

export function LongList<T>({ label, items, keyOf, textOf, children }: LongListProps<T>) {
  const [page, setPage] = useState(0);
  const [sought, setSought] = useState('');
  const list = useRef<HTMLUListElement>(null);
  const found = useMemo(() => {
    const wanted = sought.trim().toLowerCase();
    return wanted === '' ? items : items.filter((item) => textOf(item).toLowerCase().includes(wanted));
  }, [items, sought, textOf]);
  const last = Math.max(0, Math.ceil(found.length / PAGE) - 1);
  const at = Math.min(page, last);
  const rows = found.slice(at * PAGE, (at + 1) * PAGE);

  const go = (to: number) => {
    setPage(to);
    // One goes on at the beginning of the next page.
    list.current?.focus({ preventScroll: true });
    list.current?.scrollIntoView({ block: 'start' });
  };

  return (
    <div className={styles.all}>
      {items.length > PAGE && (
        <Field
          type="search"
          label={words.pages.find}
          value={sought}
          onChange={(text) => {
            setSought(text);
            setPage(0);
          }}
        />
      )}
      <ul ref={list} aria-label={label} tabIndex={-1} className={styles.list}>
        {rows.map((item) => (
          <li key={keyOf(item)} className={styles.row}>
            {children(item)}
          </li>
        ))}
      </ul>
      {items.length > PAGE && (
        <div className={styles.pages}>
          <Button size="s" isDisabled={at === 0} onPress={() => go(at - 1)}>
            {words.pages.previous}
          </Button>
          <p role="status">
            {found.length === 0
              ? words.pages.none
              : words.pages.span(at * PAGE + 1, at * PAGE + rows.length, found.length)}
          </p>
          <Button size="s" isDisabled={at === last} onPress={() => go(at + 1)}>
            {words.pages.next}
          </Button>
        </div>
      )}
    </div>
  );
}
