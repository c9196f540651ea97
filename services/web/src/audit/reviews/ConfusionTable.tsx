// Which rating met which, and how often. Where both are the same, the number is in bold.
import { WideTable } from '../../parts/WideTable';
import { reviews } from '../../strings/reviews';
import type { Confusion } from './confusion';
import styles from './Reviews.module.css';
import { count } from './words';

interface ConfusionTableProps {
  label: string;
  /** What rows and columns are. */
  corner: string;
  rows: readonly string[];
  columns: readonly string[];
  confusion: Confusion;
}

export function ConfusionTable({ label, corner, rows, columns, confusion: { cells, all } }: ConfusionTableProps) {
  const { all: sum } = reviews.results;
  return (
    <WideTable label={label} columns={[corner, ...columns, sum]}>
      {cells.map((row, at) => (
        <tr key={rows[at]}>
          <th scope="row">{rows[at]}</th>
          {row.map((cell, column) => (
            <td key={columns[column]}>{column === at ? <b className={styles.same}>{count(cell)}</b> : count(cell)}</td>
          ))}
          <td>{count(sumOf(row))}</td>
        </tr>
      ))}
      <tr>
        <th scope="row">{sum}</th>
        {columns.map((name, column) => (
          <td key={name}>{count(sumOf(cells.map((row) => row[column] ?? 0)))}</td>
        ))}
        <td>{count(all)}</td>
      </tr>
    </WideTable>
  );
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);
