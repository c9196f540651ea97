// Answers that were found, taken along: as a bundle of the log, or as a table.
import { csv } from '../../export/csv';
import { saveBlob } from '../../export/file';
import { count } from '../../records/words';
import { answersFound } from '../../strings/answersFound';
import { gather } from '../gather';
import { insideOf, MOST, received, type Taken } from '../log/bundle';
import { type FoundAnswer, getIds, postBundle } from './calls';
import type { Filters } from './filters';

const say = answersFound.take;

export const MOST_BUNDLED = MOST;

/** Takes a bundle with the receipts of everything that fits. */
export async function takeBundle(
  filters: Filters,
  signal: AbortSignal,
  tell: (progress: string) => void,
): Promise<Taken> {
  const { listed } = await gather(
    (before) => getIds(filters, before, signal),
    (found) => {
      if (found > MOST) throw new Error(say.tooMany(count(MOST)));
      tell(say.finding(count(found)));
    },
  );
  // Without any, the server would take others.
  if (listed.length === 0) throw new Error(say.none);
  tell(say.packing);
  const response = await postBundle(listed, signal);
  const bundle = await received(response, (mb) => tell(say.loading(count(mb))));
  const name = `osler-bundle-${new Date().toISOString().slice(0, 10)}.tar`;
  saveBlob(name, bundle);
  return { name, ...insideOf(response, listed.length) };
}

export function tableOf(answers: readonly FoundAnswer[]): string {
  const line = (one: FoundAnswer) => [
    ...[one.id, one.asked_at, one.actor, one.role, one.status, one.mode, one.worst],
    ...[one.statements, one.supported, one.snapshot, one.model, one.held ? 'yes' : 'no', one.missing, one.question],
  ];
  return csv([answersFound.csv, ...answers.map(line)]);
}
