// The desk at which items are rated, or differences settled: one at a time, made for the keyboard.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { Button } from '../../parts/Button';
import { Notice } from '../../parts/Notice';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { Skeleton } from '../../parts/Skeleton';
import { reviews } from '../../strings/reviews';
import { AtItem } from './AtItem';
import type { Draft } from './judgement';
import { Moves } from './Moves';
import { itemNumber, placeOf, workOf } from './part';
import { itemQuery, openItemsQuery, reviewQuery } from './queries';
import styles from './Desk.module.css';
import type { Item, ItemPage, ReviewReply, WholeItem } from './types';
import { ratingOf } from './words';

const say = reviews.desk;

interface DeskProps {
  review: ReviewReply;
  me: string | null;
  mayAudit: boolean;
  /** What was saved, to be read aloud: the desk may be gone by then. */
  onSaid: (words: string) => void;
}

export function Desk({ review, me, mayAudit, onSaid }: DeskProps) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { item: wanted } = useSearch({ from: '/audit/reviews/$id' });
  const work = workOf(review, me);
  const list = openItemsQuery(review.id);
  const open = useQuery({ ...list, enabled: work !== 'read' });
  const waiting = work === 'read' ? [] : (open.data?.items ?? []);
  const n = itemNumber(wanted) ?? waiting[0]?.n ?? null;
  const [drafts, setDrafts] = useState<Readonly<Record<number, Draft | undefined>>>({});
  const keep = (item: number, draft: Draft | undefined) => setDrafts((before) => ({ ...before, [item]: draft }));
  const [wasBusy, setBusy] = useState(false);

  // Somebody may have gone on to another item while one was being saved.
  const current = useRef(n);
  useEffect(() => {
    current.current = n;
  }, [n]);

  const onSaved = (saved: Item) => {
    const item = itemQuery(review.id, saved.n).queryKey;
    const isFirst = work === 'settle' || queries.getQueryData(item)?.own == null;
    const left = queries.getQueryData(list.queryKey)?.items.filter((one) => one.n !== saved.n) ?? [];
    const next = left.find((one) => one.n > saved.n) ?? left[0];
    queries.setQueryData<WholeItem>(item, (whole) => whole && { ...whole, ...saved });
    queries.setQueryData<ItemPage>(list.queryKey, (held) => held && { ...held, items: left });
    queries.setQueryData<ReviewReply>(reviewQuery(review.id).queryKey, (held) =>
      held && isFirst ? counted(held, me) : held,
    );
    // Where the review stands now, the server says; and what waits behind those that were read.
    void queries.invalidateQueries({ queryKey: reviewQuery(review.id).queryKey, exact: true });
    if (left.length === 0) void queries.invalidateQueries({ queryKey: list.queryKey });
    keep(saved.n, undefined);
    const rating = saved.adjudication?.rating ?? saved.own?.later?.rating ?? saved.own?.rating;
    const remaining = waitingIn(queries.getQueryData(reviewQuery(review.id).queryKey), me);
    setBusy(true);
    onSaid(
      reviews.form.saved(
        saved.n,
        rating ? ratingOf(rating, saved) : '',
        remaining > 0 ? reviews.form.leftN(remaining) : reviews.form.left0,
      ),
    );
    if (current.current !== saved.n) return;
    void navigate({
      to: '/audit/reviews/$id',
      params: { id: review.id },
      search: next ? { item: String(next.n) } : {},
      resetScroll: false,
    });
  };

  return (
    <section className={styles.desk} aria-labelledby="desk-title">
      <h2 id="desk-title">{say[work]}</h2>
      {open.isError && (
        <ProblemNotice
          title={say.failed}
          error={open.error}
          actions={<Button onPress={() => void open.refetch()}>{say.retry}</Button>}
        />
      )}
      {n === null && work !== 'read' && open.isPending && <Skeleton lines={8} label={say.loading} />}
      {n === null && open.isSuccess && !open.isFetching && <Done work={work} wasBusy={wasBusy} />}
      {(n !== null || work === 'rate') && <Moves review={review} n={n} work={work} open={open.data} />}
      {n !== null && (
        <AtItem
          review={review}
          n={n}
          work={work}
          mayAudit={mayAudit}
          draft={drafts[n]}
          onDraft={(draft) => keep(n, draft)}
          onSaved={onSaved}
        />
      )}
    </section>
  );
}

function Done({ work, wasBusy }: { work: 'rate' | 'settle' | 'read'; wasBusy: boolean }) {
  const done = reviews.done;
  const isSettled = work === 'settle';
  // The form and its button are gone: the focus goes to what came of it.
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (wasBusy) place.current?.focus();
  }, [wasBusy]);
  return (
    <div ref={place} tabIndex={-1} className={styles.done}>
      <Notice tone="good" title={isSettled ? done.settled : done.rated}>
        {isSettled ? done.settledDetail : done.ratedDetail}
      </Notice>
    </div>
  );
}

/** The review with one more item done by the reader. */
function counted(review: ReviewReply, me: string | null): ReviewReply {
  const place = placeOf(review, me);
  if (place === null) return { ...review, differences: Math.max(review.differences - 1, 0) };
  return { ...review, rated: review.rated.map((rated, at) => (at === place ? Math.min(rated + 1, review.items) : rated)) };
}

function waitingIn(review: ReviewReply | undefined, me: string | null): number {
  if (!review) return 0;
  const place = placeOf(review, me);
  return place === null ? review.differences : review.items - (review.rated[place] ?? 0);
}
