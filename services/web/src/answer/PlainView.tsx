// An answer in words that patients know, with the same quotes behind it.
import { useQuery } from '@tanstack/react-query';
import { plainQuery } from '../api/keys';
import type { Answer } from '../api/types';
import { Notice } from '../parts/Notice';
import { ProblemNotice, sentence } from '../parts/ProblemNotice';
import { Skeleton } from '../parts/Skeleton';
import { answer as words } from '../strings';
import { CitationMark } from './CitationMark';
import styles from './PlainView.module.css';

export function PlainView({ answer }: { answer: Answer }) {
  const { data, error } = useQuery(plainQuery(answer.id));
  if (error) return <ProblemNotice error={error} title={words.plain.failed} />;
  if (!data) return <Skeleton />;
  return (
    <div className={styles.view}>
      <Notice title={words.plain.note}>{sentence(data.note)}</Notice>
      {data.statements.length === 0 && <p>{words.plain.none}</p>}
      <ol className={styles.list}>
        {data.statements.map((statement, at) => (
          <li key={at} className={styles.statement}>
            <p className={styles.saidBy}>{statement.said_by}</p>
            <p className={styles.text}>{statement.text}</p>
            {statement.text !== statement.original && (
              <p className={styles.original}>
                {words.plain.original}: <q>{statement.original}</q>
              </p>
            )}
            <div className={styles.marks}>
              {statement.citations.map((citation) => (
                <CitationMark key={citation.n} citation={citation} answer={answer} answerId={answer.id} />
              ))}
            </div>
          </li>
        ))}
      </ol>
    </div>
  );
}
