// The log in a few lines.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Fact, Facts } from '../../parts/Facts';
import { count } from '../../records/words';
import { log } from '../../strings/log';
import { timeUtc } from '../../text/times';
import { type LogEntry, type LogState, publicationQuery } from './calls';
import styles from './Log.module.css';

const say = log.facts;

export function Summary({ state }: { state: LogState }) {
  return (
    <section className={styles.section}>
      <h2>{say.heading}</h2>
      <Facts>
        <Fact name={say.name}>
          <code>{state.origin}</code>
        </Fact>
        <Fact name={say.size}>{say.sizeOf(count(state.size))}</Fact>
        <Fact name={say.published}>
          <Publication />
        </Fact>
        <Fact name={say.kept}>{say.keptOf(count(state.kept_days))}</Fact>
      </Facts>
    </section>
  );
}

function Publication() {
  const { data, isError } = useQuery(publicationQuery);
  if (isError) return say.unread;
  if (data === undefined) return null;
  if (data === null) return say.unpublished;
  return (
    <>
      {publicationOf(data)},{' '}
      <Link to="/audit/log" search={{ action: data.action }}>
        {say.entry(count(data.seq))}
      </Link>
    </>
  );
}

function publicationOf({ action, at, object: { snapshot } }: LogEntry): string {
  const number = typeof snapshot === 'number' ? count(snapshot) : '?';
  return (action === 'corpus.published' ? say.publishedOf : say.rolledBackOf)(number, timeUtc(at, true));
}
