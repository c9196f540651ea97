// Every policy that a corpus has had: who set it, when and why, and what it changed.
import { CheckIcon } from '../../parts/icons';
import { Chip } from '../../parts/Chip';
import { LongList } from '../../parts/LongList';
import { Time } from '../../parts/Time';
import { policies as words } from '../../strings/policies';
import styles from '../Desk.module.css';
import { nameOf } from '../people';
import type { Policy, PolicyRecord } from '../types';
import own from './CorpusView.module.css';
import { PolicyDifferences } from './PolicyDifferences';

const say = words.history;

/** `earlier` is the one that it took the place of. */
type Entry = PolicyRecord & { isInForce: boolean; earlier: Policy | null };

const keyOf = ({ number }: Entry) => String(number);
const textOf = ({ reason, by }: Entry) => `${reason} ${by === null ? '' : nameOf(by)}`;

export function PolicyHistory({ policies }: { policies: readonly PolicyRecord[] }) {
  const entries = policies.map((record, at): Entry => {
    return { ...record, isInForce: at === 0, earlier: policies[at + 1]?.policy ?? null };
  });
  return (
    <section className={styles.section} aria-labelledby="policies">
      <h2 id="policies">{say.title}</h2>
      <p className={styles.note}>{say.detail}</p>
      <LongList label={say.title} items={entries} keyOf={keyOf} textOf={textOf}>
        {(entry) => <EntryView entry={entry} />}
      </LongList>
    </section>
  );
}

function EntryView({ entry: { number, at, by, reason, policy, isInForce, earlier } }: { entry: Entry }) {
  return (
    <>
      <span className={styles.spread}>
        <h3>{say.name(number)}</h3>
        {isInForce && (
          <Chip tone="good" icon={<CheckIcon size={13} />}>
            {say.inForce}
          </Chip>
        )}
      </span>
      <p className={styles.title}>{reason === '' ? say.noReason : reason}</p>
      <p className={styles.quiet}>
        {at === null ? say.before : <Time at={at} />}
        {by !== null && ` · ${say.by(nameOf(by))}`}
      </p>
      <div className={own.changed}>
        {earlier === null && <p className={styles.quiet}>{say.first}</p>}
        <PolicyDifferences from={earlier} to={policy} />
      </div>
    </>
  );
}
