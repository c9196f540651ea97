// A figure: what it shows in words, the picture, and the same numbers as a table.
import type { ReactNode } from 'react';
import { Disclosure } from '../parts/Disclosure';
import { VisuallyHidden } from '../parts/VisuallyHidden';
import { records as say } from '../strings/records';
import styles from './Plot.module.css';

export interface Table {
  /** Of the first column, which names the rows. */
  corner: string;
  columns: readonly string[];
  rows: readonly { name: string; cells: readonly string[] }[];
}

interface PlotProps {
  title: string;
  caption: string;
  /** The latest value in words. */
  latest: string;
  table: Table;
  children: ReactNode;
}

export function Plot({ title, caption, latest, table, children }: PlotProps) {
  return (
    <figure className={styles.figure}>
      <figcaption>
        <h2>{title}</h2>
        <p>{caption}</p>
        <p className={styles.latest}>{latest}</p>
      </figcaption>
      {children}
      <Disclosure
        title={
          <>
            {say.numbers}
            <VisuallyHidden>{say.numbersOf(title)}</VisuallyHidden>
          </>
        }
      >
        <Numbers title={title} table={table} />
      </Disclosure>
    </figure>
  );
}

function Numbers({ title, table: { corner, columns, rows } }: { title: string; table: Table }) {
  return (
    // What is wider than a narrow screen is scrolled, also by the keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={styles.wide} role="region" aria-label={title} tabIndex={0}>
      <table className={styles.table}>
        <caption>
          <VisuallyHidden>{title}</VisuallyHidden>
        </caption>
        <thead>
          <tr>
            {[corner, ...columns].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, cells }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {cells.map((cell, at) => (
                <td key={columns[at]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
