// One review: where it stands, the desk at which its items are rated, what it comes to, and its signature.
import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { Button } from '../../parts/Button';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { Skeleton } from '../../parts/Skeleton';
import { useSession } from '../../session/useSession';
import { useTitle } from '../../shell/useTitle';
import { reviews } from '../../strings/reviews';
import { Desk } from './Desk';
import { itemNumber, workOf } from './part';
import { reviewQuery } from './queries';
import { Results } from './Results';
import { Raters } from './ReviewsPage';
import styles from './Reviews.module.css';
import { Sample } from './Sample';
import { Exports, SignedAs } from './SignedAs';
import { SignOff } from './SignOff';
import { StateChip } from './StateChip';
import type { ReviewReply } from './types';
import { rangeOf, sampleOf } from './words';

const say = reviews.one;

export function ReviewPage() {
  const { id } = useParams({ from: '/audit/reviews/$id' });
  const review = useQuery(reviewQuery(id));
  useTitle(review.data?.title ?? reviews.title);
  const heading = useRef<HTMLHeadingElement>(null);
  // The desk goes when the last item is done, and the focus with it.
  const state = review.data?.state;
  const before = useRef(state);
  useEffect(() => {
    const isLost = document.activeElement === null || document.activeElement === document.body;
    if (before.current !== undefined && before.current !== state && isLost) heading.current?.focus();
    before.current = state;
  }, [state]);
  return (
    <div className={styles.page}>
      <p className={styles.back} data-no-print>
        <Link to="/audit/reviews">{say.all}</Link>
      </p>
      <h1 ref={heading} tabIndex={-1}>{review.data?.title ?? reviews.title}</h1>
      {review.isPending && <Skeleton lines={10} label={say.loading} />}
      {review.isError && !review.data && (
        <ProblemNotice
          title={say.failed}
          error={review.error}
          actions={<Button onPress={() => void review.refetch()}>{reviews.retry}</Button>}
        />
      )}
      {review.data && <Opened key={id} review={review.data} />}
    </div>
  );
}

function Opened({ review }: { review: ReviewReply }) {
  const { session, mayAudit } = useSession();
  const { item } = useSearch({ from: '/audit/reviews/$id' });
  const me = session?.account?.id ?? null;
  const work = workOf(review, me);
  const [said, setSaid] = useState('');
  const isAtDesk = work !== 'read' || itemNumber(item) !== null;
  const isRated = review.state !== 'open';
  return (
    <>
      <Head review={review} me={me} />
      {/* Always there, so that what appears in it is read aloud. */}
      <p role="status" className={styles.said}>
        {said}
      </p>
      {isAtDesk && <Desk review={review} me={me} mayAudit={mayAudit} onSaid={setSaid} />}
      {!isAtDesk && !isRated && <p className={styles.soft}>{say.waitForBoth}</p>}
      {review.state === 'adjudication' && work !== 'settle' && <p className={styles.soft}>{say.waitForThird}</p>}
      {!isAtDesk && isRated && (
        <p data-no-print>
          <Link to="/audit/reviews/$id" params={{ id: review.id }} search={{ item: '1' }} resetScroll={false}>
            {say.look}
          </Link>
        </p>
      )}
      {review.statistics && <Results review={review} statistics={review.statistics} />}
      {review.signature && <SignedAs signature={review.signature} holds={review.is_signed_record ?? null} />}
      {review.state === 'ready' && review.record_hash && mayAudit && session && (
        <SignOff id={review.id} recordHash={review.record_hash} session={session} />
      )}
      {review.statistics && mayAudit && <Exports id={review.id} />}
      <Sample review={review} me={me} isOpenAtFirst={!isAtDesk} />
    </>
  );
}

function Head({ review, me }: { review: ReviewReply; me: string | null }) {
  return (
    <div className={styles.head}>
      <p className={styles.chips}>
        <StateChip state={review.state} />
        {review.state === 'adjudication' && <span>{say.differences(review.differences)}</span>}
      </p>
      <p>{reviews.answersOf(rangeOf(review))}</p>
      <p className={styles.soft}>{sampleOf(review)}</p>
      <Raters review={review} me={me} />
    </div>
  );
}
