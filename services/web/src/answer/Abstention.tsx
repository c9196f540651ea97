// When the literature has too little: what was searched, and what came nearest.
import { useQuery } from '@tanstack/react-query';
import { corporaQuery } from '../api/keys';
import type { Answer } from '../api/types';
import { Notice } from '../parts/Notice';
import { sentence } from '../parts/ProblemNotice';
import { answer as words } from '../strings';
import styles from './Abstention.module.css';
import { PassageCard } from './PassageCard';

export function Abstention({ answer }: { answer: Answer }) {
  const isAbstention = answer.status === 'no_evidence';
  if (!isAbstention && answer.closest.length === 0) return null;
  return (
    <div className={styles.abstention}>
      {isAbstention && (
        <Notice tone="info" title={words.statuses.no_evidence.title}>
          {answer.reason && <p>{sentence(answer.reason)}</p>}
          <p>
            {words.searched} <Searched ids={answer.searched} />
          </p>
          <p>{answer.filters || answer.as_of ? words.gapNotNoted : words.gapNoted}</p>
        </Notice>
      )}
      {answer.closest.length > 0 && (
        <section aria-labelledby={`closest-${answer.id}`}>
          <h3 id={`closest-${answer.id}`} className={styles.heading}>
            {words.closestTitle}
          </h3>
          <ol className={styles.list}>
            {answer.closest.map((evidence) => (
              <li key={evidence.id}>
                <PassageCard evidence={evidence} answerId={answer.id} />
              </li>
            ))}
          </ol>
        </section>
      )}
    </div>
  );
}

/** Corpora by title where the server lists them, else by id. */
function Searched({ ids }: { ids: readonly string[] }) {
  const { data } = useQuery(corporaQuery);
  if (ids.length === 0) return <>{words.searchedNothing}</>;
  return <>{ids.map((id) => data?.find((one) => one.id === id)?.title ?? id).join(', ')}</>;
}
