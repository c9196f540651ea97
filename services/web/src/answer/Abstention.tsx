// When too little was found: why, what was searched, and what came nearest.
import { useQuery } from '@tanstack/react-query';
import { corporaQuery } from '../api/keys';
import type { Answer } from '../api/types';
import { Notice } from '../parts/Notice';
import { sentence } from '../parts/ProblemNotice';
import { answer as words } from '../strings';
import styles from './Abstention.module.css';
import { isInconclusive } from './inconclusive';
import { PassageCard } from './PassageCard';

export function Abstention({ answer }: { answer: Answer }) {
  const isAbstention = answer.status === 'no_evidence';
  const isUnsettled = isInconclusive(answer);
  const reason = answer.reason ?? answer.missing;
  if (!isAbstention && answer.closest.length === 0) return null;
  return (
    <div className={styles.abstention}>
      {isAbstention && (
        <Notice
          tone={isUnsettled ? 'warn' : 'info'}
          title={isUnsettled ? words.statuses.degraded.title : words.statuses.no_evidence.title}
        >
          {reason && <p>{sentence(reason)}</p>}
          <p>
            {words.searched} <Searched ids={answer.searched} />
          </p>
          <p>{gapLine(answer)}</p>
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

/** Whether the library hears of it. */
function gapLine(answer: Answer): string {
  if (isInconclusive(answer)) return words.gapUnsettled;
  return answer.filters || answer.as_of ? words.gapNotNoted : words.gapNoted;
}

/** Corpora by title where the server lists them, else by id. */
function Searched({ ids }: { ids: readonly string[] }) {
  const { data } = useQuery(corporaQuery);
  if (ids.length === 0) return <>{words.searchedNothing}</>;
  return <>{ids.map((id) => data?.find((one) => one.id === id)?.title ?? id).join(', ')}</>;
}
