// What one policy says otherwise than another, field by field.
import { Chip } from '../../parts/Chip';
import { VisuallyHidden } from '../../parts/VisuallyHidden';
import { policies } from '../../strings/policies';
import type { PolicyChange } from '../types';
import { type Difference, differencesOf } from './differences';
import styles from './PolicyDifferences.module.css';
import { valueWords } from './words';

const say = policies.differences;

export function PolicyDifferences({ from, to }: PolicyChange) {
  const differences = differencesOf(from, to);
  if (differences.length === 0) return <p>{say.none}</p>;
  return (
    <dl className={styles.differences}>
      {differences.map((difference) => (
        <Told key={difference.field} difference={difference} />
      ))}
    </dl>
  );
}

function Told({ difference: { field, from, to, allows } }: { difference: Difference }) {
  return (
    <div>
      <dt>{say.fields[field]}</dt>
      {from === undefined ? (
        <dd>{valueWords(field, to)}</dd>
      ) : (
        <dd>
          <del>
            <VisuallyHidden>{say.spoken.from}</VisuallyHidden>
            {valueWords(field, from)}
          </del>{' '}
          <span aria-hidden="true">→</span>{' '}
          <ins>
            <VisuallyHidden>{say.spoken.to}</VisuallyHidden>
            {valueWords(field, to)}
          </ins>{' '}
          {allows !== null && <Chip tone={allows === 'more' ? 'warn' : 'info'}>{say.allows[allows]}</Chip>}
        </dd>
      )}
    </div>
  );
}
