// Runs on record, each a link to its report.
import { Link, useSearch } from '@tanstack/react-router';
import { Time } from '../../parts/Time';
import { ingest as say } from '../../strings/ingest';
import { timeUtc } from '../../text/times';
import styles from '../Desk.module.css';
import { nameOf } from '../people';
import type { Run } from '../types';
import own from './Ingest.module.css';

interface RunsProps {
  runs: readonly Run[];
  opened: number | null;
  titleOf: (corpus: string) => string;
}

export function Runs({ runs, opened, titleOf }: RunsProps) {
  const { corpus } = useSearch({ from: '/library/ingest' });
  if (runs.length === 0) return <p>{say.earlier.none}</p>;
  return (
    <>
      <p className={styles.note}>{say.earlier.last}</p>
      <ul className={own.rows}>
        {runs.map((run) => {
          const { added, updated, unchanged, rejected } = run.documents;
          return (
            <li key={run.id}>
              <span className={styles.spread}>
                <Link
                  to="/library/ingest"
                  search={{ ...(corpus === undefined ? {} : { corpus }), run: String(run.id) }}
                  aria-label={say.earlier.open(timeUtc(run.at))}
                  {...(run.id === opened ? { 'aria-current': 'page' as const } : {})}
                >
                  <Time at={run.at} />
                </Link>
                <span className={styles.quiet}>
                  {titleOf(run.corpus)} · {nameOf(run.actor)}
                </span>
              </span>
              <span className={styles.quiet}>{say.earlier.summary(added, updated, unchanged, rejected)}</span>
            </li>
          );
        })}
      </ul>
    </>
  );
}
