// What a run on record came to, name by name.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Button } from '../../parts/Button';
import { Disclosure } from '../../parts/Disclosure';
import { LongList } from '../../parts/LongList';
import { Notice } from '../../parts/Notice';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { Skeleton } from '../../parts/Skeleton';
import { Time } from '../../parts/Time';
import { act } from '../../strings/act';
import { ingest } from '../../strings/ingest';
import styles from '../Desk.module.css';
import { FileName } from '../FileName';
import { nameOf } from '../people';
import { runQuery } from '../queries';
import { StatusChip } from '../StatusChip';
import type { Account, RunAccount } from '../types';
import own from './Ingest.module.css';
import { counted, RejectedList, ReviewList } from './Outcomes';
import { Tally } from './Tally';

const say = ingest.report;

interface ReportProps {
  id: number;
  titleOf: (corpus: string) => string;
  onClose: () => void;
}

export function Report({ id, titleOf, onClose }: ReportProps) {
  const run = useQuery(runQuery(id));
  return (
    <section className={styles.section} aria-labelledby="report">
      <span className={styles.spread}>
        <h2 id="report">{say.title}</h2>
        <Button size="s" look="quiet" onPress={onClose}>
          {say.close}
        </Button>
      </span>
      {run.isPending && <Skeleton lines={6} label={say.loading} />}
      {run.isError && (
        <ProblemNotice
          title={say.failed}
          error={run.error}
          actions={<Button onPress={() => void run.refetch()}>{act.retry}</Button>}
        />
      )}
      {run.isSuccess && <Told {...run.data} titleOf={titleOf} />}
    </section>
  );
}

function Told({ run, account, titleOf }: RunAccount & { titleOf: (corpus: string) => string }) {
  const { documents, passages, reviews, skipped } = run;
  const came = documents.added + documents.updated;
  return (
    <>
      <p className={styles.quiet}>
        <Time at={run.at} /> · {say.of(titleOf(run.corpus))} · {nameOf(run.actor)}
      </p>
      <Tally documents={documents} passages={passages} reviews={reviews} skipped={skipped} />
      {came === 0 && documents.rejected === 0 && <Notice>{say.nothing}</Notice>}
      {came > 0 && (
        <p className={styles.actions}>
          <Link to="/library/changes">{say.toChanges}</Link>
        </p>
      )}
      <Part title={say.reviews} items={account.reviews} isOpenAtFirst>
        <p>
          <Link to="/library/queue">{say.toQueue}</Link>
        </p>
        <ReviewList label={say.reviews} items={account.reviews} />
      </Part>
      <Part title={say.rejected} items={account.rejected} isOpenAtFirst>
        <RejectedList label={say.rejected} items={account.rejected} />
      </Part>
      <Part title={say.taken} items={account.taken}>
        <Taken taken={account.taken} />
      </Part>
      <Part title={say.skipped} items={Object.keys(account.skipped)} count={skipped}>
        <p className={styles.note}>{say.skippedDetail}</p>
        <ul className={own.rows}>
          {Object.entries(account.skipped).map(([ending, times]) => (
            <li key={ending}>
              {ending === '' ? say.noEnding : <FileName name={ending} />}: {say.count(times)}
            </li>
          ))}
        </ul>
      </Part>
      <Part title={say.changed} items={account.changed}>
        <Changed changed={account.changed} />
      </Part>
    </>
  );
}

interface PartProps {
  title: string;
  items: readonly unknown[];
  /** How many there are, if that is not how many lines there are. */
  count?: number;
  isOpenAtFirst?: boolean;
  children: ReactNode;
}

/** What there is nothing of is not shown. */
function Part({ title, items, count = items.length, isOpenAtFirst = false, children }: PartProps) {
  if (items.length === 0) return null;
  return (
    <div className={own.part}>
      <Disclosure title={`${title} (${say.count(count)})`} isOpenAtFirst={isOpenAtFirst}>
        {children}
      </Disclosure>
    </div>
  );
}

const keyOf = ({ at }: { at: number }) => String(at);

function Taken({ taken }: { taken: Account['taken'] }) {
  return (
    <LongList label={say.taken} items={counted(taken)} keyOf={keyOf} textOf={({ file }) => file}>
      {(one) => (
        <>
          <span className={styles.spread}>
            <Link
              to="/library/documents/$id"
              params={{ id: one.document }}
              search={{ version: String(one.version) }}
              className={styles.title}
            >
              <FileName name={one.file} />
            </Link>
            {one.status !== 'current' && <StatusChip status={one.status} />}
          </span>
          <p className={styles.quiet}>
            {say.version(one.version, one.updated)} · {say.passages(one.passages)}
            {one.quality !== null && ` · ${say.quality(one.quality)}`}
          </p>
        </>
      )}
    </LongList>
  );
}

function Changed({ changed }: { changed: Account['changed'] }) {
  return (
    <LongList label={say.changed} items={counted(changed)} keyOf={keyOf} textOf={({ title }) => title}>
      {(one) => (
        <>
          <span className={styles.spread}>
            <Link
              to="/library/documents/$id"
              params={{ id: one.document }}
              search={{ version: String(one.version) }}
              className={styles.title}
            >
              {one.title}
            </Link>
            <StatusChip status={one.status} />
          </span>
          <p className={styles.quiet}>{say.feed(one.feed)}</p>
        </>
      )}
    </LongList>
  );
}
