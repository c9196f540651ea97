// What was said of an item: as much as the server tells this reader.
import type { ReactNode } from 'react';
import { reviews } from '../../strings/reviews';
import { ratingOfVerdict } from './confusion';
import styles from './Desk.module.css';
import type { Work } from './part';
import type { Given, Remark, Review, WholeItem } from './types';
import { isAbstention, ratingOf, verdictOf } from './words';

const say = reviews.said;

interface SaidProps {
  item: WholeItem;
  work: Work;
  review?: Review;
}

export function Said({ item, work, review }: SaidProps) {
  const { own, others, ours, adjudication } = item;
  const isHidden = work === 'read' && review?.state === 'open' && !own;
  if (isHidden) return <p className={styles.note}>{say.hidden}</p>;
  /** A reviewer has one other; to anybody else both are others, in their order. */
  const nameOf = (by: string, at: number) =>
    own ? say.other : reviews.reviewer(review ? Math.max(review.reviewers.indexOf(by), 0) : at);
  const hasVerdict = !isAbstention(item) && ratingOfVerdict(ours) !== null;
  return (
    <section className={styles.saidOf} aria-labelledby={`said-${item.n}`}>
      <h4 id={`said-${item.n}`}>{say.title}</h4>
      {work === 'rate' && others.length > 0 && <p className={styles.note}>{say.stands}</p>}
      <dl>
        {own && <One name={say.own} given={own} item={item} />}
        {others.map((given, at) => (
          <One key={given.by} name={nameOf(given.by, at)} given={given} item={item} />
        ))}
        {hasVerdict && ours != null && <Line name={say.ours}>{verdictOf(ours)}</Line>}
        {adjudication && (
          <Line name={say.decided}>
            <p className={styles.held}>{ratingOf(adjudication.rating, item)}</p>
            {adjudication.reason == null ? (
              <p className={styles.note}>{say.noReason}</p>
            ) : (
              <p className={styles.comment}>{adjudication.reason}</p>
            )}
          </Line>
        )}
        {item.final && !adjudication && <Line name={say.final}>{ratingOf(item.final, item)}</Line>}
      </dl>
    </section>
  );
}

/** The rating that counts, and below it what was said since. */
function One({ name, given, item }: { name: string; given: Given; item: WholeItem }) {
  const { later, round } = given;
  return (
    <Line name={name}>
      <Judged said={given} item={item} />
      {later && (
        <>
          <p className={styles.note}>{say.later(round)}</p>
          <Judged said={later} item={item} />
        </>
      )}
    </Line>
  );
}

function Judged({ said: { rating, comment }, item }: { said: Given | Remark; item: WholeItem }) {
  return (
    <>
      <p className={styles.held}>{ratingOf(rating, item)}</p>
      {comment ? <p className={styles.comment}>{comment}</p> : <p className={styles.note}>{say.noComment}</p>}
    </>
  );
}

function Line({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
