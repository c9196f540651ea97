// From one item to another: the one before, the next, and those that wait.
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Disclosure } from '../../parts/Disclosure';
import { reviews } from '../../strings/reviews';
import styles from './Desk.module.css';
import type { Work } from './part';
import type { ItemPage, Review } from './types';

const say = reviews.desk;

interface MovesProps {
  review: Review;
  /** Null when none is shown. */
  n: number | null;
  work: Work;
  open: ItemPage | undefined;
}

export function Moves({ review, n, work, open }: MovesProps) {
  const waiting = open?.items ?? [];
  const to = (item: number | undefined, words: ReactNode) =>
    item === undefined ? null : (
      <Link to="/audit/reviews/$id" params={{ id: review.id }} search={{ item: String(item) }} resetScroll={false}>
        {words}
      </Link>
    );
  const at = n ?? 0;
  // Of items on which the two agree there is nothing to settle.
  const isSettling = work === 'settle';
  const before = isSettling ? waiting.findLast((one) => one.n < at)?.n : at > 1 ? at - 1 : undefined;
  const after = isSettling ? waiting.find((one) => one.n > at)?.n : at < review.items ? at + 1 : undefined;
  const others = waiting.filter((one) => one.n !== n);
  const nextOpen = (others.find((one) => one.n > at) ?? others[0])?.n;
  const count = open?.next == null ? String(waiting.length) : say.atLeast(waiting.length);
  return (
    <nav aria-label={say.moves} className={styles.moves} data-no-print>
      <p>
        {to(before, say.previous)}
        {to(after, n === null ? reviews.one.look : say.next)}
        {work === 'rate' && n !== null && to(nextOpen, say.nextOpen)}
        {work === 'read' && (
          <Link to="/audit/reviews/$id" params={{ id: review.id }} search={{}} resetScroll={false}>
            {say.close}
          </Link>
        )}
      </p>
      {waiting.length > 0 && (
        <Disclosure title={say.openOnes(count)}>
          <ul className={styles.numbers}>
            {waiting.map((one) => (
              <li key={one.n}>
                <Link
                  to="/audit/reviews/$id"
                  params={{ id: review.id }}
                  search={{ item: String(one.n) }}
                  resetScroll={false}
                  aria-label={say.openItem(one.n)}
                >
                  {one.n}
                </Link>
              </li>
            ))}
          </ul>
        </Disclosure>
      )}
    </nav>
  );
}
