// An answer in the making: its stage, the time it has taken, what has come in, and a way to stop it.
import { useEffect, useState } from 'react';
import { StatementView } from '../answer/StatementView';
import { Button } from '../parts/Button';
import { answer, conversation as words } from '../strings';
import type { Asked } from './desk';
import { quotingOf } from './useOpened';
import styles from './Working.module.css';

interface WorkingProps {
  asked: Asked;
  onStop: (asked: Asked) => void;
}

export function Working({ asked, onStop }: WorkingProps) {
  const seconds = useSeconds(asked.startedAt);
  const stage = asked.stage ? (words.stages[asked.stage] ?? asked.stage) : words.sending;
  const quoting = quotingOf(asked);
  return (
    <div className={styles.working}>
      {/* Stages are announced by the page; seconds would only chatter. */}
      <div className={styles.line}>
        <span className={styles.pulse} aria-hidden="true" />
        <span className={styles.stage}>
          {stage}
          {asked.evidence.length > 0 && `, ${words.found(asked.evidence.length)}`}
        </span>
        <span className={styles.seconds}>{words.seconds(seconds)}</span>
        <Button
          size="s"
          onPress={() => {
            onStop(asked);
          }}
        >
          {words.stop}
        </Button>
      </div>
      {asked.statements.length > 0 && (
        <>
          <p className={styles.note}>{words.soFar}</p>
          <ol className={styles.statements} aria-label={answer.statements}>
            {asked.statements.map((statement, at) => (
              <StatementView key={at} statement={statement} place={at + 1} answer={quoting} recorded={null} />
            ))}
          </ol>
        </>
      )}
    </div>
  );
}

function useSeconds(since: number): number {
  const [now, setNow] = useState(since);
  useEffect(() => {
    const timer = setInterval(() => {
      setNow(Date.now());
    }, 500);
    return () => {
      clearInterval(timer);
    };
  }, []);
  return Math.max(0, Math.floor((now - since) / 1000));
}
