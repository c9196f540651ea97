// The way to the reviews for a clinician who was asked to rate, if anything waits for them.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { use } from 'react';
import { OverlayTriggerStateContext } from 'react-aria-components';
import { reviews as say } from '../../strings/reviews';
import { waitingFor } from './part';
import { latestReviewsQuery } from './queries';

export function ToRate({ me, className }: { me: string; className: string }) {
  const panel = use(OverlayTriggerStateContext);
  const { data } = useQuery(latestReviewsQuery);
  if (!data?.reviews.some((review) => waitingFor(review, me) > 0)) return null;
  return (
    <Link to="/audit/reviews" className={className} onClick={() => panel?.close()}>
      {say.toRate}
    </Link>
  );
}
