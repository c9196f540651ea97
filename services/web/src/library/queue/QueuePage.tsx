// What wants a librarian's eye: gone through one by one, with the keyboard alone if one likes.
import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef } from 'react';
import { Button } from '../../parts/Button';
import { Notice, type Tone } from '../../parts/Notice';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { Skeleton } from '../../parts/Skeleton';
import { useSession } from '../../session/useSession';
import { useTitle } from '../../shell/useTitle';
import { act } from '../../strings/act';
import { queue as say } from '../../strings/queue';
import styles from '../Desk.module.css';
import { overdueQuery } from '../queries';
import type { FindingKind } from '../types';
import { useSaid } from '../useSaid';
import { Kinds } from './Kinds';
import { findingsPageQuery, ofFinding, ofOverdue, searchOf, type View, viewOf } from './queue';
import own from './Queue.module.css';
import { Triage } from './Triage';

export function QueuePage() {
  useTitle(say.title);
  const { mayCurate } = useSession();
  const view = viewOf(useSearch({ from: '/library/queue' }));
  const name = JSON.stringify(view);
  const [said, setSaid] = useSaid();
  const lists = { hasSaid: said !== '', onSaid: setSaid };
  return (
    <div className={styles.page}>
      <h1>{say.title}</h1>
      <p className={styles.lead}>{say.lead}</p>
      {!mayCurate && <p className={styles.note}>{say.mayNot}</p>}
      <Kinds view={view} />
      <p role="status" className={styles.said}>
        {said}
      </p>
      {view.kind === 'overdue' ? (
        <OverdueList key={name} {...lists} />
      ) : (
        <FindingList key={name} view={view} kind={view.kind} {...lists} />
      )}
    </div>
  );
}

interface ListProps {
  /** Something was settled a moment ago. */
  hasSaid: boolean;
  onSaid: (text: string) => void;
}

function FindingList({ view, kind, hasSaid, onSaid }: ListProps & { view: View; kind: FindingKind | null }) {
  const { state, after } = view;
  const page = useQuery(findingsPageQuery(kind, state, after));
  if (page.isPending) return <Skeleton lines={8} label={say.loading} />;
  if (page.isError) return <Failed error={page.error} onRetry={() => void page.refetch()} />;
  const { findings, next } = page.data;
  return (
    <>
      {findings.length === 0 ? (
        <Empty tone={state === 'open' ? 'good' : 'info'} title={say.empty[state]} takesFocus={hasSaid}>
          {say.emptyDetail[state]}
        </Empty>
      ) : (
        <Triage
          label={say.list(kind === null ? say.all : say.kinds[kind].name, say.states[state])}
          view={view}
          items={findings.map(ofFinding)}
          onSaid={onSaid}
        />
      )}
      {(next !== null || after !== null) && (
        <nav aria-label={say.pages} className={own.pages}>
          {after !== null && (
            <Link to="/library/queue" search={searchOf({ ...view, after: null })}>
              {say.first}
            </Link>
          )}
          {next !== null && (
            <Link to="/library/queue" search={searchOf({ ...view, after: next })}>
              {say.next}
            </Link>
          )}
        </nav>
      )}
    </>
  );
}

function OverdueList({ hasSaid, onSaid }: ListProps) {
  const overdue = useQuery(overdueQuery);
  if (overdue.isPending) return <Skeleton lines={8} label={say.loading} />;
  if (overdue.isError) return <Failed error={overdue.error} onRetry={() => void overdue.refetch()} />;
  const items = overdue.data.overdue.map(ofOverdue);
  if (items.length === 0) {
    return (
      <Empty tone="good" title={say.noOverdue} takesFocus={hasSaid}>
        {say.noOverdueDetail}
      </Empty>
    );
  }
  const view: View = { kind: 'overdue', state: 'open', after: null };
  return <Triage label={say.overdueList} view={view} items={items} onSaid={onSaid} />;
}

interface EmptyProps {
  tone: Tone;
  title: string;
  takesFocus: boolean;
  children: ReactNode;
}

/** When the last one was settled, the list that had the focus is gone. */
function Empty({ tone, title, takesFocus, children }: EmptyProps) {
  const place = useRef<HTMLDivElement>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    if (isFirst.current && takesFocus) place.current?.focus();
    isFirst.current = false;
  }, [takesFocus]);
  return (
    <div ref={place} tabIndex={-1} className={own.empty}>
      <Notice tone={tone} title={title}>
        {children}
      </Notice>
    </div>
  );
}

function Failed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <ProblemNotice title={say.failed} error={error} actions={<Button onPress={onRetry}>{act.retry}</Button>} />
  );
}
