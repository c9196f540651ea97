// A page of answers, the latest first: a row each.
import { Link } from '@tanstack/react-router';
import { useRef } from 'react';
import { shownVerdict } from '../../answer/verdict';
import { Chip } from '../../parts/Chip';
import { AlertIcon } from '../../parts/icons';
import { Time } from '../../parts/Time';
import { answersFound } from '../../strings/answersFound';
import { ROW, useRowKeys } from '../useRowKeys';
import { Actor } from './Actor';
import styles from './Answers.module.css';
import type { FoundAnswer } from './calls';
import { endOf, modelWord, statusWord } from './words';

const say = answersFound.list;

export function AnswerList({ answers }: { answers: readonly FoundAnswer[] }) {
  const list = useRef<HTMLOListElement>(null);
  useRowKeys(list);
  return (
    <>
      <ol ref={list} aria-label={say.label} className={styles.list}>
        {answers.map((answer) => (
          <li key={answer.n} className={styles.row}>
            <Row answer={answer} />
          </li>
        ))}
      </ol>
      <p className={styles.note} data-no-print>
        {say.keys}
      </p>
    </>
  );
}

const row = { [ROW]: '' };

function Row({ answer }: { answer: FoundAnswer }) {
  const { id, asked_at, actor, role, question, statements, supported, snapshot, held } = answer;
  return (
    <>
      <Link
        to="/audit/answers/$id"
        params={{ id }}
        className={`${styles.question} ${question == null ? styles.erased : ''}`}
        {...row}
      >
        {question ?? say.erased}
      </Link>
      <p className={styles.marks}>
        <span className={styles.time}>
          <Time at={asked_at} isExact />
        </span>
        <Status answer={answer} />
        {answer.worst != null && <Worst verdict={answer.worst} />}
        {held && <Chip>{say.held}</Chip>}
        <span>{say.supported(supported, statements)}</span>
        {snapshot != null && <span>{say.snapshot(snapshot)}</span>}
        <span className={styles.model} title={answer.model ?? ''}>
          {modelWord(answer.model)}
        </span>
        <Actor id={actor} role={role} />
      </p>
    </>
  );
}

/** What came of it. That nothing did is told apart, in words and tone. */
export function Status({ answer }: { answer: Pick<FoundAnswer, 'status' | 'missing'> }) {
  const status = endOf(answer);
  const isBad = status != null && (status === 'timeout' || status.startsWith('failed'));
  if (!isBad) return <span>{statusWord(status)}</span>;
  return (
    <Chip tone="stop" icon={<AlertIcon size={13} />}>
      {statusWord(status)}
    </Chip>
  );
}

export function Worst({ verdict }: { verdict: string }) {
  const { Icon, tone, word } = shownVerdict(verdict);
  return (
    <Chip tone={tone} icon={<Icon size={13} />}>
      {say.weakest(word)}
    </Chip>
  );
}
