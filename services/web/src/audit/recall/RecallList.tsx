// A stretch of the answers that rest on a document.
import { Link } from '@tanstack/react-router';
import { Time } from '../../parts/Time';
import { WideTable } from '../../parts/WideTable';
import { useSession } from '../../session/useSession';
import { recall } from '../../strings/recall';
import type { FoundAnswer, Listed, Wanted } from './calls';
import { searchOf } from './recall';
import styles from './Recall.module.css';
import { statusOf, whoOf } from './RecallSheet';

const say = recall.list;

interface RecallListProps {
  wanted: Wanted;
  listed: Listed;
  isFirst: boolean;
}

export function RecallList({ wanted, listed: { listed, next }, isFirst }: RecallListProps) {
  const { mayAudit } = useSession();
  const { time, status, who, question } = say.columns;
  return (
    <>
      {!mayAudit && <p className={styles.note}>{say.noQuestions}</p>}
      <WideTable label={say.table} columns={[time, status, who, ...(mayAudit ? [question] : [])]}>
        {listed.map((answer) => (
          <tr key={answer.id}>
            <td className={styles.time}>
              <Time at={answer.asked_at} isExact />
            </td>
            <td className={styles.status}>{statusOf(answer)}</td>
            <td className={styles.who}>{whoOf(answer)}</td>
            {mayAudit && <Question answer={answer} />}
          </tr>
        ))}
      </WideTable>
      {(!isFirst || next != null) && (
        <nav aria-label={say.pages} className={styles.links} data-no-print>
          {!isFirst && (
            <Link to="/audit/recall" search={searchOf(wanted)}>
              {say.latest}
            </Link>
          )}
          {next != null && (
            <Link to="/audit/recall" search={searchOf(wanted, next)}>
              {say.older}
            </Link>
          )}
        </nav>
      )}
    </>
  );
}

function Question({ answer: { id, question } }: { answer: FoundAnswer }) {
  return (
    <td className={styles.question}>
      <Link to="/audit/answers/$id" params={{ id }}>
        {question ?? say.destroyed}
      </Link>
    </td>
  );
}
