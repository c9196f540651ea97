// How often which rating met which: counted from the items.
import type { Item, Rating, Review } from './types';
import { ratings } from './types';

export interface Confusion {
  /** `cells[row][column]`, both in the order of `ratings`. */
  cells: readonly (readonly number[])[];
  all: number;
}

function counted(pairs: readonly (readonly [Rating, Rating])[]): Confusion {
  const cells = ratings.map((row) =>
    ratings.map((column) => pairs.filter(([one, other]) => one === row && other === column).length),
  );
  return { cells, all: pairs.length };
}

/** The ratings of the first reviewer against those of the second. */
export function ofReviewers(items: readonly Item[], { reviewers }: Pick<Review, 'reviewers'>): Confusion {
  const [first, second] = reviewers;
  const pairs = items.flatMap(({ own, others }) => {
    const given = own ? [own, ...others] : others;
    const one = given.find(({ by }) => by === first)?.rating;
    const other = given.find(({ by }) => by === second)?.rating;
    return one && other ? [[one, other] as const] : [];
  });
  return counted(pairs);
}

/** Our verdicts as the ratings that they correspond to. */
const ofVerdicts: Readonly<Record<string, Rating>> = {
  supported: 'supported',
  partial: 'partial',
  unsupported: 'unsupported',
  contradicted: 'contradicted',
  unverifiable: 'cannot_tell',
};

/** Null of what is no verdict: an abstention has none. */
export const ratingOfVerdict = (ours: string | null | undefined): Rating | null =>
  ours != null && Object.hasOwn(ofVerdicts, ours) ? (ofVerdicts[ours] ?? null) : null;

/** Our verdicts against the ratings that hold. */
export function ofOurs(items: readonly Item[]): Confusion {
  const pairs = items.flatMap((item) => {
    const ours = ratingOfVerdict(item.ours);
    return ours && item.final ? [[ours, item.final] as const] : [];
  });
  return counted(pairs);
}
