// What was decided about what is held and published.
import { Link } from '@tanstack/react-router';
import { Time } from '../../parts/Time';
import { literature } from '../../strings';
import { changes } from '../../strings/changes';
import styles from '../Desk.module.css';
import { nameOf } from '../people';
import type { Decision } from '../types';
import { useCorpusTitles } from '../useCorpusTitles';
import own from './Changes.module.css';

const say = changes.snapshots.decisions;

export function Decisions({ decisions }: { decisions: readonly Decision[] }) {
  return (
    <section className={styles.section} aria-labelledby="decisions">
      <h2 id="decisions">{say.title}</h2>
      <p className={styles.note}>{say.detail}</p>
      {decisions.length === 0 && <p>{say.none}</p>}
      {decisions.length > 0 && (
        <ul aria-labelledby="decisions" className={own.rows}>
          {decisions.map((decision) => (
            <li key={decision.number}>
              <strong>{actionOf(decision.action)}</strong> <Subject {...decision} />
              {decision.reason !== '' && <p className={styles.title}>{decision.reason}</p>}
              <p className={styles.quiet}>
                <Time at={decision.at} /> · {changes.snapshots.by(nameOf(decision.actor))}
              </p>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** A standing that somebody gave, or another act; a newer server may have some that have no words here yet. */
function actionOf(action: string): string {
  const standings: Readonly<Record<string, string>> = literature.statuses;
  if (Object.hasOwn(say.actions, action)) return say.actions[action] ?? action;
  return Object.hasOwn(standings, action) ? (standings[action] ?? action) : action;
}

function Subject({ action, subject }: Pick<Decision, 'action' | 'subject'>) {
  if (action === 'policy') return <CorpusLink id={subject} />;
  const [, id, version] = /^([\da-f-]{32,36})(?: v(\d+))?$/.exec(subject) ?? [];
  if (id !== undefined) {
    return (
      <Link
        to="/library/documents/$id"
        params={{ id }}
        search={version === undefined ? {} : { version }}
        className={styles.hash}
      >
        {subject}
      </Link>
    );
  }
  const isSnapshot = action === 'publish' || action === 'rollback';
  return <span className={styles.title}>{isSnapshot ? say.snapshot(subject) : subject}</span>;
}

function CorpusLink({ id }: { id: string }) {
  const titleOf = useCorpusTitles();
  return (
    <Link to="/library/corpora/$corpus" params={{ corpus: id }} className={styles.title}>
      {titleOf(id)}
    </Link>
  );
}
