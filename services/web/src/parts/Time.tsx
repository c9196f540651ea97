// A time of the record, in UTC.
import { timeUtc } from '../text/times';

export function Time({ at, isExact = false }: { at: string; isExact?: boolean }) {
  return <time dateTime={at}>{timeUtc(at, isExact)}</time>;
}
