// To what a search is or was narrowed, in a line of words; nothing where it was not.
import { useQuery } from '@tanstack/react-query';
import { corporaQuery } from '../api/keys';
import type { Filters } from '../api/types';
import { ask } from '../strings';
import { type AsOf, asOfWords, inWords, narrowing } from './filters';
import styles from './Narrowed.module.css';

interface NarrowedProps {
  filters: Filters;
  asOf?: AsOf | null;
}

export function Narrowed({ filters, asOf = null }: NarrowedProps) {
  const isNarrowed = narrowing(filters) !== null;
  const { data } = useQuery({ ...corporaQuery, enabled: isNarrowed });
  if (!isNarrowed && asOf === null) return null;
  const said = inWords(filters, (id) => data?.find((one) => one.id === id)?.title ?? id);
  return (
    <p className={styles.narrowed}>
      {asOf && <span>{ask.asOf.asked(asOfWords(asOf))}</span>} {isNarrowed && <span>{ask.filters.only(said)}</span>}
    </p>
  );
}
