// What was not taken in, and what wants review: file by file, with why.
import { Link } from '@tanstack/react-router';
import { Chip } from '../../parts/Chip';
import { LongList } from '../../parts/LongList';
import { sentence } from '../../parts/ProblemNotice';
import { ingest as say } from '../../strings/ingest';
import styles from '../Desk.module.css';
import { FileName } from '../FileName';
import type { Rejected, WantsReview } from '../types';

/** Files may come twice, in two archives. */
type Counted<T> = T & { at: number };

export const counted = <T,>(items: readonly T[]): Counted<T>[] => items.map((item, at) => ({ ...item, at }));

const keyOf = ({ at }: { at: number }) => String(at);
const fileOf = ({ file }: { file: string }) => file;

export function RejectedList({ label, items }: { label: string; items: readonly Rejected[] }) {
  return (
    <LongList label={label} items={counted(items)} keyOf={keyOf} textOf={fileOf}>
      {({ file, code, reason }) => (
        <>
          <FileName name={file} />
          <p className={styles.quiet}>
            {sentence(reason)} <code>{code}</code>
          </p>
        </>
      )}
    </LongList>
  );
}

export function ReviewList({ label, items }: { label: string; items: readonly WantsReview[] }) {
  return (
    <LongList label={label} items={counted(items)} keyOf={keyOf} textOf={fileOf}>
      {({ file, kind, detail }) => (
        <>
          <span className={styles.spread}>
            <FileName name={file} />
            <Link to="/library/queue" search={{ kind }}>
              <Chip tone="warn">{say.kinds[kind]}</Chip>
            </Link>
          </span>
          <p className={styles.quiet}>{sentence(detail)}</p>
        </>
      )}
    </LongList>
  );
}
