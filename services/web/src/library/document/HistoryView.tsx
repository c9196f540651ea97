// What was decided about a document, by whom and why.
import { Time } from '../../parts/Time';
import { documentRecord } from '../../strings/documents';
import { nameOf } from '../people';
import type { Decision } from '../types';
import styles from './Record.module.css';

const say = documentRecord.history;

export function HistoryView({ decisions }: { decisions: readonly Decision[] }) {
  if (decisions.length === 0) return <p>{say.none}</p>;
  return (
    <>
      <h2 className={styles.heading}>{say.list}</h2>
      <ol className={styles.entries}>
        {decisions.map(({ number, at, actor, action, subject, reason }) => (
          <li key={number}>
            <p>
              <strong>{say.action(action)}</strong> {say.by(nameOf(actor))}, <Time at={at} />
            </p>
            <p>{reason === '' ? say.noReason : reason}</p>
            <p className={styles.quiet}>
              {say.number(number)}: {subject}
            </p>
          </li>
        ))}
      </ol>
    </>
  );
}
