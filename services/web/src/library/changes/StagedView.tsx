// What publishing would change: figures, what stands in its way, and the documents corpus by corpus.
import { Link } from '@tanstack/react-router';
import { Fact, Facts } from '../../parts/Facts';
import { Notice } from '../../parts/Notice';
import { changes } from '../../strings/changes';
import styles from '../Desk.module.css';
import type { Staged } from '../types';
import { ChangeLists } from './ChangeLists';
import { summaryOf } from './summary';

const say = changes.staged;
const count = (n: number) => n.toLocaleString('en');

export function StagedView({ staged }: { staged: Staged }) {
  if (staged.changes.length === 0) {
    return (
      <Notice tone="good" title={say.nothing}>
        {say.nothingDetail}
      </Notice>
    );
  }
  const summary = summaryOf(staged.changes);
  return (
    <div className={styles.stack}>
      <p>{say.numbers(staged.published, staged.staged)}</p>
      <Facts>
        {(['coming', 'changed', 'leaving'] as const).map((way) => (
          <Fact key={way} name={say.figures[way]}>
            {count(summary[way])}
          </Fact>
        ))}
        <Fact name={say.passagesIn}>{count(summary.passagesIn)}</Fact>
        <Fact name={say.passagesOut}>{count(summary.passagesOut)}</Fact>
      </Facts>
      {staged.findings > 0 && (
        <Notice
          tone="warn"
          title={say.blocked(staged.findings)}
          actions={<Link to="/library/queue">{say.toQueue}</Link>}
        >
          {say.blockedDetail}
        </Notice>
      )}
      <ChangeLists changes={staged.changes} />
      <p className={styles.note}>
        {say.hash}: <code className={styles.hash}>{staged.record_hash}</code>
      </p>
    </div>
  );
}
