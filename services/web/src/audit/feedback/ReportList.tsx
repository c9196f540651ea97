// A page of what readers said: gone through with the keyboard alone if one likes.
import { useNavigate } from '@tanstack/react-router';
import type { RefObject } from 'react';
import { readers as say } from '../../strings/readers';
import { useRowKeys } from '../useRowKeys';
import { nextOf } from './feedback';
import styles from './Feedback.module.css';
import { letters, Report } from './Report';
import type { Feedback, HandlingState } from './types';

interface ReportListProps {
  listRef: RefObject<HTMLOListElement | null>;
  /** At least one. */
  feedback: readonly Feedback[];
  now: number;
  onAsk: (report: Feedback, to: HandlingState) => void;
}

export function ReportList({ listRef, feedback, now, onAsk }: ReportListProps) {
  const navigate = useNavigate();
  useRowKeys(listRef, (key, at) => {
    const one = feedback[at];
    if (!one) return false;
    if (key === 'o') {
      void navigate({ to: '/audit/answers/$id', params: { id: one.answer } });
      return true;
    }
    const to = nextOf(one).find((state) => letters[state] === key);
    if (to) onAsk(one, to);
    return to !== undefined;
  });
  return (
    <>
      <ol ref={listRef} aria-label={say.list} className={styles.said}>
        {feedback.map((one) => (
          <li key={one.id}>
            <Report said={one} now={now} onAsk={(to) => onAsk(one, to)} />
          </li>
        ))}
      </ol>
      <p className={styles.note} data-no-print>
        {say.keys}
      </p>
    </>
  );
}
