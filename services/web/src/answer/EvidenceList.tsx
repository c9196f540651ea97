// The passages that an answer rests on, under the names it gives them.
import type { Answer } from '../api/types';
import { Disclosure } from '../parts/Disclosure';
import { answer as words } from '../strings';
import { PassageCard } from './PassageCard';
import styles from './EvidenceList.module.css';

export function EvidenceList({ answer }: { answer: Answer }) {
  if (answer.evidence.length === 0) return null;
  return (
    <Disclosure title={words.evidenceTitle(answer.evidence.length)}>
      <ol className={styles.list}>
        {answer.evidence.map((evidence) => (
          <li key={evidence.id}>
            <PassageCard evidence={evidence} answerId={answer.id} isNamed />
          </li>
        ))}
      </ol>
    </Disclosure>
  );
}
