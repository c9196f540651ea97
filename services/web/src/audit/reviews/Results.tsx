// What a review comes to: support, agreement and its meaning, and who rated what how.
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Button } from '../../parts/Button';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { Skeleton } from '../../parts/Skeleton';
import { WideTable } from '../../parts/WideTable';
import { literature } from '../../strings';
import { reviews } from '../../strings/reviews';
import { ConfusionTable } from './ConfusionTable';
import { ofOurs, ofReviewers } from './confusion';
import { Fact } from './Fact';
import { allItemsQuery } from './queries';
import styles from './Reviews.module.css';
import { type Agreement, type Rating, ratings, type Review, type Statistics } from './types';
import { count, intervalOf, kappaMeaning, kappaNumber, percentOf, stratumOf } from './words';

const say = reviews.results;

export function Results({ review, statistics }: { review: Review; statistics: Statistics }) {
  const { support, stratified_support: weighted, agreement, finals, strata, changed, ours } = statistics;
  return (
    <section className={styles.section} aria-labelledby="results">
      <h2 id="results">{say.title}</h2>
      <dl className={styles.facts}>
        <Fact name={say.support}>
          <Told note={intervalOf(support)}>
            {say.supportOf(percentOf(support.share), count(support.count), count(support.of))}
          </Told>
        </Fact>
        <Fact name={say.weighted}>
          {weighted ? (
            <Told note={`${intervalOf(weighted)}. ${say.weightedNote}`}>{percentOf(weighted.value)}</Told>
          ) : (
            <Told note={say.noWeighted} />
          )}
        </Fact>
        <AgreementFacts name={say.agreement} agreement={agreement} says={say.agreementOf} />
        <Fact name={say.changed}>{say.changedOf(changed)}</Fact>
      </dl>
      <p className={styles.note}>{say.caution}</p>

      <h3>{say.finals}</h3>
      <WideTable label={say.finals} columns={[say.rating, say.count]}>
        {finals.map(({ rating, items }) => (
          <tr key={rating}>
            <th scope="row">{wordOf(rating)}</th>
            <td>{count(items)}</td>
          </tr>
        ))}
      </WideTable>

      <h3>{say.byStratum}</h3>
      <WideTable label={say.byStratum} columns={[reviews.one.stratum, say.weight, say.count, say.supported, say.low]}>
        {strata.map(({ name, weight, support: found }) => (
          <tr key={name}>
            <th scope="row">{stratumOf(name)}</th>
            <td>{percentOf(weight)}</td>
            <td>{count(found?.of ?? 0)}</td>
            <td>{found ? `${count(found.count)} (${percentOf(found.share)})` : say.notDrawn}</td>
            <td>{found ? reviews.range(percentOf(found.low), percentOf(found.high)) : ''}</td>
          </tr>
        ))}
      </WideTable>

      <Tables review={review} ours={ours ?? null} />
    </section>
  );
}

/** The server counts how far two agree, but not on what: that is counted here, from the items. */
function Tables({ review, ours }: { review: Review; ours: Agreement | null }) {
  const items = useQuery(allItemsQuery(review.id));
  return (
    <>
      <h3>{say.between}</h3>
      {items.isPending && <Skeleton lines={4} label={say.counting} />}
      {items.isError && (
        <ProblemNotice
          title={say.notCounted}
          error={items.error}
          actions={<Button onPress={() => void items.refetch()}>{reviews.retry}</Button>}
        />
      )}
      {items.isSuccess && (
        <>
          <p className={styles.note}>{say.betweenNote}</p>
          <ConfusionTable
            label={say.between}
            corner={`${reviews.reviewer(0)} / ${reviews.reviewer(1)}`}
            rows={ratings.map(wordOf)}
            columns={ratings.map(wordOf)}
            confusion={ofReviewers(items.data, review)}
          />
        </>
      )}
      <h3>{say.against}</h3>
      {ours === null && <p>{say.none}</p>}
      {ours !== null && (
        <>
          <dl className={styles.facts}>
            <AgreementFacts name={say.agreementOfOurs} agreement={ours} says={say.oursOf} />
          </dl>
          {items.isSuccess && (
            <>
              <p className={styles.note}>{say.againstNote}</p>
              <ConfusionTable
                label={say.against}
                corner={say.verdictOrRating}
                rows={ratings.map(verdictWord)}
                columns={ratings.map(wordOf)}
                confusion={ofOurs(items.data)}
              />
            </>
          )}
        </>
      )}
    </>
  );
}

const wordOf = (rating: Rating): string => reviews.ratings[rating]?.word ?? rating;

const verdictWord = (rating: Rating): string =>
  literature.verdicts[rating === 'cannot_tell' ? 'unverifiable' : rating].word;

interface AgreementFactsProps {
  name: string;
  agreement: Agreement;
  says: (share: string, n: string, of: string) => string;
}

function AgreementFacts({ name, agreement: { observed, expected, kappa }, says }: AgreementFactsProps) {
  return (
    <>
      <Fact name={name}>
        <Told note={`${intervalOf(observed)}. ${say.expected(percentOf(expected))}`}>
          {says(percentOf(observed.share), count(observed.count), count(observed.of))}
        </Told>
      </Fact>
      <Fact name={say.kappa}>
        {kappa ? (
          <Told note={`${kappaMeaning(kappa)} ${say.kappaScale}`}>
            {say.kappaOf(kappaNumber(kappa.value), kappaNumber(kappa.low), kappaNumber(kappa.high))}
          </Told>
        ) : (
          <Told note={say.noKappa} />
        )}
      </Fact>
    </>
  );
}

function Told({ children, note }: { children?: ReactNode; note: string }) {
  return (
    <>
      {children && <p>{children}</p>}
      <p className={styles.note}>{note}</p>
    </>
  );
}
