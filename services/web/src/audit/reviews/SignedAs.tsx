// The signature of a review, whether it still holds, and the files that can be taken along.
import { Notice } from '../../parts/Notice';
import { Time } from '../../parts/Time';
import { reviews } from '../../strings/reviews';
import { exportAddress } from './calls';
import { Fact } from './Fact';
import styles from './Reviews.module.css';
import type { Signature } from './types';

const say = reviews.signature;

/** `holds` is what the server found when it made record and signature anew; null until it has said so. */
export function SignedAs({ signature, holds }: { signature: Signature; holds: boolean | null }) {
  return (
    <section className={styles.section} aria-labelledby="signature">
      <h2 id="signature">{say.title}</h2>
      <dl className={styles.facts}>
        <Fact name={say.by}>{signature.full_name}</Fact>
        <Fact name={say.at}>
          <Time at={signature.at} isExact />
        </Fact>
        <Fact name={say.meaning}>{signature.meaning}</Fact>
        <Fact name={say.record}>
          <code className={styles.hash}>{signature.record_hash}</code>
        </Fact>
        <Fact name={say.seal}>
          <code className={styles.hash}>{signature.signature}</code>
        </Fact>
      </dl>
      {holds === null && <p role="status">{say.checking}</p>}
      {holds === true && (
        <Notice tone="good" title={say.holds} live="status">
          {say.holdsDetail}
        </Notice>
      )}
      {holds === false && (
        <Notice tone="stop" title={say.fails} live="alert">
          {say.failsDetail}
        </Notice>
      )}
    </section>
  );
}

const formats = ['csv', 'ndjson', 'pdf'] as const;

export function Exports({ id }: { id: string }) {
  return (
    <section className={styles.section} aria-labelledby="exports" data-no-print>
      <h2 id="exports">{reviews.exports.title}</h2>
      <ul className={styles.links}>
        {formats.map((format) => (
          <li key={format}>
            <a href={exportAddress(id, format)} download>
              {reviews.exports[format]}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
