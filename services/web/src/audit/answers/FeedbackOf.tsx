// What readers said of an answer. That they did stands in the log; their words, and what was done about them, are kept apart from it.
import { Chip } from '../../parts/Chip';
import { AlertIcon, FlagIcon } from '../../parts/icons';
import { Time } from '../../parts/Time';
import { record as words } from '../../strings/record';
import { Moves } from '../feedback/Moves';
import { StateChip } from '../feedback/StateChip';
import type { Feedback } from '../feedback/types';
import type { LogEntry } from '../log/calls';
import { Actor } from './Actor';
import type { AnswerRecord } from './calls';
import styles from './Record.module.css';

const say = words.feedback;

export function FeedbackOf({ record: { entries, feedback } }: { record: AnswerRecord }) {
  const said = entries.filter(({ action }) => action === 'feedback.given');
  return (
    <section className={styles.section}>
      <h2>{say.heading}</h2>
      {said.length === 0 ? (
        <p>{say.none}</p>
      ) : (
        <ol className={styles.said} aria-label={say.heading}>
          {said.map((entry) => (
            <li key={entry.seq}>
              <One entry={entry} found={feedback.find(({ id }) => id === entry.object['feedback'])} />
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function One({ entry, found }: { entry: LogEntry; found: Feedback | undefined }) {
  const { at, actor, role, object } = entry;
  const [kind, category, severity] = [text(object['kind']), text(object['category']), text(object['severity'])];
  const isSafety = kind === 'safety';
  const Icon = isSafety ? AlertIcon : FlagIcon;
  const isGrave = isSafety || kind === 'disagree';
  const about = typeof object['statement'] === 'number' ? object['statement'] : null;
  const facts = [say.about(about), say.categories[category] ?? category, say.severities[severity]?.label ?? severity];
  return (
    <>
      <p className={styles.marks}>
        <Chip tone={isSafety ? 'stop' : isGrave ? 'warn' : 'info'} {...(isGrave ? { icon: <Icon size={13} /> } : {})}>
          {say.kinds[kind] ?? kind}
        </Chip>
        {found?.handling && <StateChip state={found.handling.state} />}
        <Time at={at} isExact />
        <Actor id={actor} role={role} />
      </p>
      <p>{facts.filter(Boolean).join(' · ')}</p>
      {found?.comment ? (
        <p className={styles.kept}>{found.comment}</p>
      ) : (
        <p className={styles.note}>{found ? say.noComment : say.notListed}</p>
      )}
      {found?.handling && <Moves moves={found.handling.moves} />}
    </>
  );
}
