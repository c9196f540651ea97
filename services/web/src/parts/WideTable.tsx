// A table. What is wider than the screen is scrolled, also by the keyboard.
import type { ReactNode } from 'react';
import { VisuallyHidden } from './VisuallyHidden';
import styles from './WideTable.module.css';

interface WideTableProps {
  /** What it lists, read aloud. */
  label: string;
  columns: readonly string[];
  /** Rows. */
  children: ReactNode;
}

export function WideTable({ label, columns, children }: WideTableProps) {
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={styles.wide} role="region" aria-label={label} tabIndex={0}>
      <table className={styles.table}>
        <caption>
          <VisuallyHidden>{label}</VisuallyHidden>
        </caption>
        <thead>
          <tr>
            {columns.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
