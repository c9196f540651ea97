// Reviews of samples of answers: all of them for auditors, for others those in which they have a part.
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Button } from '../../parts/Button';
import { Chip } from '../../parts/Chip';
import { PlusIcon } from '../../parts/icons';
import { Notice } from '../../parts/Notice';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { Progress } from '../../parts/Progress';
import { Skeleton } from '../../parts/Skeleton';
import { useSession } from '../../session/useSession';
import { useTitle } from '../../shell/useTitle';
import { reviews as say } from '../../strings/reviews';
import { BeginDialog } from './BeginDialog';
import { waitingFor } from './part';
import { reviewsQuery } from './queries';
import styles from './Reviews.module.css';
import { StateChip } from './StateChip';
import type { Review } from './types';
import { rangeOf, sampleOf } from './words';

export function ReviewsPage() {
  useTitle(say.title);
  const { session, mayAudit } = useSession();
  const me = session?.account?.id ?? null;
  const [isBeginning, setBeginning] = useState(false);
  const list = useInfiniteQuery(reviewsQuery);
  const reviews = list.data?.pages.flatMap((page) => page.reviews) ?? [];
  return (
    <div className={styles.page}>
      <h1>{say.title}</h1>
      <p className={styles.lead}>{say.lead}</p>
      {mayAudit && (
        <p className={styles.tools} data-no-print>
          <Button look="primary" icon={<PlusIcon size={16} />} onPress={() => setBeginning(true)}>
            {say.begin}
          </Button>
        </p>
      )}
      {list.isPending && <Skeleton lines={8} label={say.loading} />}
      {list.isError && reviews.length === 0 && (
        <ProblemNotice
          title={say.failed}
          error={list.error}
          actions={<Button onPress={() => void list.refetch()}>{say.retry}</Button>}
        />
      )}
      {list.isSuccess && reviews.length === 0 && (
        <Notice title={mayAudit ? say.emptyAuditor : say.empty}>
          {mayAudit ? say.emptyAuditorDetail : say.emptyDetail}
        </Notice>
      )}
      {reviews.length > 0 && (
        <ul className={styles.list} aria-label={say.list}>
          {reviews.map((review) => (
            <li key={review.id}>
              <Line review={review} me={me} />
            </li>
          ))}
        </ul>
      )}
      {list.isFetchNextPageError && (
        <ProblemNotice
          title={say.failed}
          error={list.error}
          actions={<Button onPress={() => void list.fetchNextPage()}>{say.retry}</Button>}
        />
      )}
      {list.hasNextPage && !list.isFetchNextPageError && (
        <Button
          onPress={() => {
            if (!list.isFetchingNextPage) void list.fetchNextPage();
          }}
        >
          {list.isFetchingNextPage ? say.loading : say.more}
        </Button>
      )}
      {mayAudit && <BeginDialog isOpen={isBeginning} onOpenChange={setBeginning} />}
    </div>
  );
}

function Line({ review, me }: { review: Review; me: string | null }) {
  const waiting = waitingFor(review, me);
  return (
    <article className={styles.line}>
      <h2>
        <Link to="/audit/reviews/$id" params={{ id: review.id }}>
          {review.title}
        </Link>
      </h2>
      <p className={styles.chips}>
        <StateChip state={review.state} />
        {waiting > 0 && <Chip tone="warn">{say.waits}</Chip>}
      </p>
      <p>{say.answersOf(rangeOf(review))}</p>
      <p className={styles.soft}>{sampleOf(review)}</p>
      <Raters review={review} me={me} />
    </article>
  );
}

/** How far each reviewer is. Not how they rate. */
export function Raters({ review, me }: { review: Review; me: string | null }) {
  return (
    <div className={styles.raters}>
      {review.reviewers.map((account, place) => {
        const rated = review.rated[place] ?? 0;
        const name = say.reviewer(place);
        return (
          <Progress
            key={account}
            label={account === me ? say.you(name) : name}
            value={review.items === 0 ? 1 : rated / review.items}
            text={say.rated(rated, review.items)}
          />
        );
      })}
    </div>
  );
}
