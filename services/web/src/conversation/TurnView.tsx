// One turn: the question, and its answer, or how far the answer has come.
import { memo } from 'react';
import { AnswerView } from '../answer/AnswerView';
import { Narrowed } from '../ask/Narrowed';
import { isEmpty, summary } from '../patient/patient';
import { Notice } from '../parts/Notice';
import styles from './TurnView.module.css';
import type { Asked } from './desk';
import type { Shown } from './turns';
import { Unanswered } from './Unanswered';
import { Working } from './Working';

interface TurnViewProps {
  turn: Shown;
  onStop: (asked: Asked) => void;
  onEdit: (asked: Asked) => void;
  onAgain: (asked: Asked) => void;
}

export function TurnView({ turn, onStop, onEdit, onAgain }: TurnViewProps) {
  if (turn.kind === 'answer') return <AnsweredTurn turnKey={turn.key} answer={turn.answer} asked={turn.asked} />;
  const { asked } = turn;
  return (
    <article className={styles.turn} aria-labelledby={`q-${turn.key}`} data-turn={turn.key} data-is-open>
      <h2 id={`q-${turn.key}`} className={styles.question}>
        {asked.question}
      </h2>
      <Narrowed filters={asked.wishes.filters} asOf={asked.wishes.asOf} />
      {asked.state === 'working' ? (
        <Working asked={asked} onStop={onStop} />
      ) : (
        <Unanswered asked={asked} onEdit={onEdit} onAgain={onAgain} />
      )}
    </article>
  );
}

interface AnsweredTurnProps {
  turnKey: string;
  answer: Extract<Shown, { kind: 'answer' }>['answer'];
  asked: Asked | null;
}

/** Kept still while the page around it changes: a long conversation has many. */
const AnsweredTurn = memo(function AnsweredTurn({ turnKey, answer, asked }: AnsweredTurnProps) {
  const patient = asked?.wishes.patient ?? null;
  // Whoever chose the snapshot here saw its day; the record has its number.
  const asOf = asked?.wishes.asOf ?? (answer.as_of ? { number: answer.as_of, publishedAt: null } : null);
  return (
    <article className={styles.turn} aria-labelledby={`q-${turnKey}`} data-turn={turnKey}>
      {/* The server asks for its warning to stand above everything else. */}
      {answer.banner && <Notice tone="stop" title={answer.banner} live="alert" />}
      <h2 id={`q-${turnKey}`} className={styles.question}>
        {answer.question}
      </h2>
      <Narrowed filters={answer.filters ?? {}} asOf={asOf} />
      <AnswerView answer={answer} known={patient && !isEmpty(patient) ? summary(patient) : null} isKept={asked === null} />
    </article>
  );
});
