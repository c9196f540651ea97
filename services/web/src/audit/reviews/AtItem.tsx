// One item at the desk: what is to be judged beside what is said of it.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { Button } from '../../parts/Button';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { Skeleton } from '../../parts/Skeleton';
import { useArrival } from '../../parts/useArrival';
import { reviews } from '../../strings/reviews';
import styles from './Desk.module.css';
import { ItemView } from './ItemView';
import { JudgementForm } from './JudgementForm';
import { begunWith, type Draft, isDisputed } from './judgement';
import type { Work } from './part';
import { itemQuery, reviewQuery } from './queries';
import { Said } from './Said';
import type { Item, Review, WholeItem } from './types';

const say = reviews.desk;

interface AtItemProps {
  review: Review;
  n: number;
  work: Work;
  mayAudit: boolean;
  /** What was written and not saved. */
  draft: Draft | undefined;
  onDraft: (draft: Draft | undefined) => void;
  onSaved: (item: Item) => void;
}

export function AtItem({ review, n, work, mayAudit, draft, onDraft, onSaved }: AtItemProps) {
  const queries = useQueryClient();
  const item = useQuery(itemQuery(review.id, n));
  const heading = useArrival(String(n));
  const place = useRef<HTMLDivElement>(null);
  return (
    <div ref={place} className={styles.item}>
      <h3 ref={heading} tabIndex={-1} className={styles.number}>
        {say.item(n, review.items)}
      </h3>
      {item.isPending && <Skeleton lines={8} label={say.loading} />}
      {item.isError && !item.data && (
        <ProblemNotice
          title={say.failed}
          error={item.error}
          actions={<Button onPress={() => void item.refetch()}>{say.retry}</Button>}
        />
      )}
      {item.data && (
        <div className={styles.columns}>
          <ItemView item={item.data} showsRecord={mayAudit && review.state !== 'open'} />
          <div className={styles.judgement}>
            {isOpenTo(work, item.data) ? (
              <JudgementForm
                key={n}
                review={review.id}
                item={item.data}
                work={work}
                desk={place}
                draft={draft ?? begunWith(item.data)}
                onDraft={onDraft}
                onSaved={onSaved}
                onReread={() => {
                  onDraft(undefined);
                  void queries.invalidateQueries({ queryKey: reviewQuery(review.id).queryKey });
                }}
              />
            ) : (
              <Said review={review} item={item.data} work={work} />
            )}
          </div>
        </div>
      )}
    </div>
  );
}

/** Whether the reader may say something of it: a rating stands once both have rated, a decision once it was made. */
function isOpenTo(work: Work, item: WholeItem): work is 'rate' | 'settle' {
  if (work === 'rate') return item.others.length === 0;
  return work === 'settle' && isDisputed(item) && !item.adjudication;
}
