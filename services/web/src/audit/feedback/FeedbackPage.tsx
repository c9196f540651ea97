// What readers said, and what becomes of their reports of a risk to safety.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { useSaid } from '../../library/useSaid';
import { Button } from '../../parts/Button';
import { Notice } from '../../parts/Notice';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { Skeleton } from '../../parts/Skeleton';
import { useArrival } from '../../parts/useArrival';
import { alarmsQuery } from '../../records/calls';
import { count } from '../../records/words';
import { useTitle } from '../../shell/useTitle';
import { readers as say } from '../../strings/readers';
import { recordQuery } from '../answers/calls';
import { exportAddress, feedbackQuery, READERS } from './calls';
import { changedIn, searchOf, type View, viewOf } from './feedback';
import styles from './Feedback.module.css';
import { Filters } from './Filters';
import { HandleDialog } from './HandleDialog';
import { ReportList } from './ReportList';
import type { Feedback, HandlingState } from './types';

export function FeedbackPage() {
  useTitle(say.title);
  const navigate = useNavigate();
  const client = useQueryClient();
  const view = viewOf(useSearch({ from: '/audit/feedback' }));
  const page = useQuery(feedbackQuery(view));
  const [doing, setDoing] = useState<{ report: Feedback; to: HandlingState } | null>(null);
  const [handled, setHandled] = useState<{ at: number } | null>(null);
  const [said, tell] = useSaid();
  const heading = useArrival(String(view.before));
  const list = useRef<HTMLOListElement>(null);

  const readAgain = () => {
    void client.invalidateQueries({ queryKey: READERS });
    void client.invalidateQueries({ queryKey: alarmsQuery.queryKey });
  };
  const onDone = (changed: Feedback, to: HandlingState) => {
    const at = page.data?.feedback.findIndex(({ id }) => id === changed.id) ?? 0;
    client.setQueryData(
      feedbackQuery(view).queryKey,
      (old) => old && { ...old, feedback: changedIn(old.feedback, changed, view) },
    );
    readAgain();
    void client.invalidateQueries({ queryKey: recordQuery(changed.answer).queryKey });
    tell(say.deeds[to].done);
    setDoing(null);
    setHandled({ at });
  };

  // It stands there as it is now, or the next one has taken its place. The dialog is gone by then.
  useEffect(() => {
    if (handled === null) return;
    const rows = [...(list.current?.querySelectorAll<HTMLElement>('article') ?? [])];
    (rows[handled.at] ?? rows.at(-1) ?? heading.current)?.focus();
  }, [handled, heading]);

  return (
    <div className={styles.page}>
      <h1>{say.title}</h1>
      <p className={styles.lead}>{say.lead}</p>
      {page.data && <Waiting waiting={page.data.waiting} view={view} />}
      <Filters
        view={view}
        waiting={page.data?.waiting ?? null}
        onChange={(wanted) =>
          void navigate({ to: '/audit/feedback', search: searchOf(wanted), replace: true, resetScroll: false })
        }
      />
      {/* Always there, so that what appears in it is read aloud. */}
      <p role="status" className={styles.done}>
        {said}
      </p>
      <section className={styles.section}>
        <h2 ref={heading} tabIndex={-1}>
          {headingOf(view)}
        </h2>
        <p role="status" className={styles.note}>
          {page.data && page.data.feedback.length > 0 && say.said(count(page.data.feedback.length), page.data.next !== null)}
        </p>
        {page.isPending && <Skeleton lines={8} label={say.loading} />}
        {page.isError && (
          <ProblemNotice
            title={say.failed}
            error={page.error}
            actions={<Button onPress={() => void page.refetch()}>{say.retry}</Button>}
          />
        )}
        {page.data && (
          <Listed
            listRef={list}
            view={view}
            feedback={page.data.feedback}
            next={page.data.next}
            now={page.dataUpdatedAt}
            onAsk={(report, to) => setDoing({ report, to })}
          />
        )}
      </section>
      {page.data && <Take />}
      {/* Outside of the list: what is typed stays when the list is read again without the report. */}
      {doing && (
        <HandleDialog
          {...doing}
          onDone={(changed) => onDone(changed, doing.to)}
          onStale={readAgain}
          onClose={() => setDoing(null)}
        />
      )}
    </div>
  );
}

const headingOf = ({ kind, state }: View): string =>
  say.heading(kind === null ? say.everything : say.kinds[kind], state && say.states[state]);

function Waiting({ waiting, view }: { waiting: number; view: View }) {
  if (waiting === 0) return <p className={styles.note}>{say.waiting.none}</p>;
  return (
    <Notice
      tone="warn"
      title={say.waiting.some(count(waiting))}
      actions={
        view.state !== 'open' && (
          <Link to="/audit/feedback" search={{ kind: 'safety', state: 'open' }} resetScroll={false}>
            {say.waiting.show}
          </Link>
        )
      }
    />
  );
}

interface ListedProps {
  listRef: RefObject<HTMLOListElement | null>;
  view: View;
  feedback: readonly Feedback[];
  next: number | null;
  now: number;
  onAsk: (report: Feedback, to: HandlingState) => void;
}

function Listed({ listRef, view, feedback, next, now, onAsk }: ListedProps) {
  const { before } = view;
  return (
    <>
      {feedback.length === 0 ? (
        <Empty view={view} />
      ) : (
        <ReportList listRef={listRef} feedback={feedback} now={now} onAsk={onAsk} />
      )}
      {(before !== null || next !== null) && (
        <nav aria-label={say.pages} className={styles.links} data-no-print>
          {before !== null && (
            <Link to="/audit/feedback" search={searchOf({ ...view, before: null })} resetScroll={false}>
              {say.latest}
            </Link>
          )}
          {next !== null && (
            <Link to="/audit/feedback" search={searchOf({ ...view, before: next })} resetScroll={false}>
              {say.older}
            </Link>
          )}
        </nav>
      )}
    </>
  );
}

function Empty({ view: { kind, state, before } }: { view: View }) {
  if (before !== null) return <Notice title={say.noOlder}>{say.noOlderDetail}</Notice>;
  if (state !== null) {
    return (
      <Notice tone={state === 'open' ? 'good' : 'info'} title={say.noneInState[state]}>
        {say.noneInStateDetail}
      </Notice>
    );
  }
  if (kind !== null) return <Notice title={say.noneOfKind}>{say.noneOfKindDetail}</Notice>;
  return <Notice title={say.none}>{say.noneDetail}</Notice>;
}

const formats = ['csv', 'ndjson'] as const;

function Take() {
  return (
    <section className={styles.section} data-no-print>
      <h2>{say.take.heading}</h2>
      <p className={styles.lead}>{say.take.lead}</p>
      <p className={styles.links}>
        {formats.map((format) => (
          <a key={format} href={exportAddress(format)} download>
            {say.take[format]}
          </a>
        ))}
      </p>
    </section>
  );
}
