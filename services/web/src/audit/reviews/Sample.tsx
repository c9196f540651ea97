// Who takes part in a review, and how its sample was drawn: what from, and from which seed.
import { Copyable } from '../../parts/Copyable';
import { Disclosure } from '../../parts/Disclosure';
import { Time } from '../../parts/Time';
import { WideTable } from '../../parts/WideTable';
import { reviews } from '../../strings/reviews';
import { Fact } from './Fact';
import styles from './Reviews.module.css';
import type { Review } from './types';
import { count, stratumOf } from './words';

const say = reviews.one;

interface SampleProps {
  review: Review;
  me: string | null;
  isOpenAtFirst: boolean;
}

export function Sample({ review, me, isOpenAtFirst }: SampleProps) {
  const { adjudicator } = review;
  return (
    <div className={styles.section}>
      <Disclosure title={say.whoAndHow} level={2} isOpenAtFirst={isOpenAtFirst}>
        <div className={styles.sample}>
          <dl className={styles.facts}>
            {review.reviewers.map((account, place) => (
              <Fact key={account} name={reviews.reviewer(place)}>
                <Person account={account} me={me} />
              </Fact>
            ))}
            <Fact name={say.settles}>
              {adjudicator == null ? say.nobodyYet : <Person account={adjudicator} me={me} />}
            </Fact>
            <Fact name={say.drawn}>
              <Time at={review.created_at} />
            </Fact>
          </dl>
          <h3>{say.howDrawn}</h3>
          <p className={styles.note}>{say.method}</p>
          <WideTable label={say.strata} columns={[say.stratum, say.population, say.sampled, say.items]}>
            {review.strata.map(({ name, population, sampled, items }) => (
              <tr key={name}>
                <th scope="row">{stratumOf(name)}</th>
                <td>{count(population)}</td>
                <td>{count(sampled)}</td>
                <td>{count(items)}</td>
              </tr>
            ))}
          </WideTable>
          <h3>{say.seed}</h3>
          <Copyable label={say.seed} text={review.seed} />
        </div>
      </Disclosure>
    </div>
  );
}

/** Nobody here can look the names of accounts up. */
function Person({ account, me }: { account: string; me: string | null }) {
  return account === me ? <>{say.yourself}</> : <code>{account}</code>;
}
