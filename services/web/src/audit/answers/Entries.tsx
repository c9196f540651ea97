// The entries of the log about an answer, each with its exact bytes.
import { useState } from 'react';
import { Button } from '../../parts/Button';
import { Copyable } from '../../parts/Copyable';
import { Disclosure } from '../../parts/Disclosure';
import { Time } from '../../parts/Time';
import { count } from '../../records/words';
import { record } from '../../strings/record';
import type { LogEntry } from '../log/calls';
import { spelled } from '../proof/entry';
import { Actor } from './Actor';
import { InLog } from './InLog';
import styles from './Record.module.css';

const say = record.entries;

/** A record that was read often has many. */
const SHOWN = 50;

export function Entries({ entries }: { entries: readonly LogEntry[] }) {
  const [shown, setShown] = useState(SHOWN);
  const left = entries.length - shown;
  return (
    <section className={styles.section}>
      <h2>{say.heading}</h2>
      <p>
        {say.count(count(entries.length))}. {say.lead}
      </p>
      <InLog entries={entries} />
      <ol className={styles.entries} aria-label={say.list}>
        {entries.slice(0, shown).map((entry) => (
          <li key={entry.seq}>
            <One entry={entry} />
          </li>
        ))}
      </ol>
      {left > 0 && (
        <Button size="s" onPress={() => setShown(shown + SHOWN)}>
          {say.more(count(Math.min(left, SHOWN)))}
        </Button>
      )}
    </section>
  );
}

function One({ entry }: { entry: LogEntry }) {
  const { seq, at, actor, role } = entry;
  return (
    <>
      <p className={styles.marks}>
        <strong>{actionOf(entry)}</strong>
        <Time at={at} isExact />
        <Actor id={actor} role={role} />
      </p>
      <Disclosure
        title={
          <>
            {say.line(count(seq))} <code>{entry.action}</code>
          </>
        }
      >
        <p className={styles.note}>{say.exactNote}</p>
        <Copyable label={`${say.line(count(seq))}, ${say.exact}`} text={spelled(entry)} />
      </Disclosure>
    </>
  );
}

function actionOf({ action, object }: LogEntry): string {
  const kind = object['kind'];
  if (action === 'answer.part' && typeof kind === 'string') return say.parts[kind] ?? say.actions[action] ?? action;
  return Object.hasOwn(say.actions, action) ? (say.actions[action] ?? action) : action;
}
