// What readers said of an answer. That they did stands in the log; their words are read apart from it.
import { useQuery } from '@tanstack/react-query';
import { Chip } from '../../parts/Chip';
import { AlertIcon, FlagIcon } from '../../parts/icons';
import { Button } from '../../parts/Button';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { Skeleton } from '../../parts/Skeleton';
import { Time } from '../../parts/Time';
import { record } from '../../strings/record';
import type { LogEntry } from '../log/calls';
import { type Feedback, feedbackQuery } from '../recall/calls';
import { Actor } from './Actor';
import styles from './Record.module.css';

const say = record.feedback;

export const saidIn = (entries: readonly LogEntry[]): LogEntry[] =>
  entries.filter(({ action }) => action === 'feedback.given');

export function FeedbackOf({ entries }: { entries: readonly LogEntry[] }) {
  const said = saidIn(entries);
  const feedback = useQuery({ ...feedbackQuery, enabled: said.length > 0 });
  return (
    <section className={styles.section}>
      <h2>{say.heading}</h2>
      {said.length === 0 && <p>{say.none}</p>}
      {said.length > 0 && feedback.isPending && <Skeleton label={say.loading} />}
      {feedback.isError && (
        <ProblemNotice
          title={say.failed}
          error={feedback.error}
          actions={<Button onPress={() => void feedback.refetch()}>{record.retry}</Button>}
        />
      )}
      {said.length > 0 && !feedback.isPending && (
        <ol className={styles.said} aria-label={say.heading}>
          {said.map((entry) => (
            <li key={entry.seq}>
              <One entry={entry} found={feedback.data?.find(({ id }) => id === entry.object['feedback'])} />
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
        <Time at={at} isExact />
        <Actor id={actor} role={role} />
      </p>
      <p>{facts.filter(Boolean).join(' · ')}</p>
      {found?.comment ? (
        <p className={styles.kept}>{found.comment}</p>
      ) : (
        <p className={styles.note}>{found ? say.noComment : say.notListed}</p>
      )}
    </>
  );
}
