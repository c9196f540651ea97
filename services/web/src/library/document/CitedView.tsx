// The answers that cited a document, as far as the record goes.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { recallQuery } from '../../audit/recall/calls';
import { Button } from '../../parts/Button';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { Skeleton } from '../../parts/Skeleton';
import { Time } from '../../parts/Time';
import { WideTable } from '../../parts/WideTable';
import { nameOf } from '../../records/words';
import { useSession } from '../../session/useSession';
import { documentRecord } from '../../strings/documents';
import { library } from '../../strings/library';
import { records } from '../../strings/records';
import styles from './Record.module.css';

const say = documentRecord.cited;

/** The rest is with the recall. */
const SHOWN = 50;

export function CitedView({ document }: { document: string }) {
  const { mayAudit } = useSession();
  const { data, error, isPending, isError, refetch } = useQuery(recallQuery({ document, version: null }, null));
  if (isPending) return <Skeleton lines={6} label={say.loading} />;
  if (isError) {
    return (
      <ProblemNotice
        title={say.failed}
        error={error}
        actions={<Button onPress={() => void refetch()}>{library.retry}</Button>}
      />
    );
  }
  if (data.answers === 0) return <p>{say.none}</p>;
  const listed = data.listed.slice(0, SHOWN);
  return (
    <>
      <h2 className={styles.heading}>{say.some(data.answers, data.people)}</h2>
      <p>
        <Link to="/audit/recall" search={{ document }}>
          {say.all}
        </Link>
      </p>
      {data.answers > listed.length && <p className={styles.quiet}>{say.first(listed.length, data.answers)}</p>}
      <WideTable label={say.some(data.answers, data.people)} columns={Object.values(say.columns)}>
        {listed.map(({ id, asked_at, status, question }) => (
          <tr key={id}>
            <td>
              {mayAudit ? (
                <Link to="/audit/answers/$id" params={{ id }}>
                  <Time at={asked_at} />
                </Link>
              ) : (
                <Time at={asked_at} />
              )}
            </td>
            <td>{nameOf(status ?? 'open', records.shares.statuses.words)}</td>
            <td className={styles.section}>{question ?? say.noQuestion}</td>
          </tr>
        ))}
      </WideTable>
    </>
  );
}
