// Numbers, days, strata and ratings of a review as they are said.
import { count, dayLong, nameOf } from '../../records/words';
import { literature } from '../../strings';
import { records } from '../../strings/records';
import { type KappaWord, reviews as say } from '../../strings/reviews';
import type { Estimate, Item, Rating, Review } from './types';

/** "1 Nov 2026 to 30 Nov 2026": the last day is the last that is whole in it. */
export function rangeOf({ from, to }: Pick<Review, 'from' | 'to'>): string {
  const [first, last] = [Date.parse(from), Date.parse(to) - 1];
  if (Number.isNaN(first) || Number.isNaN(last)) return say.range(from, to);
  return say.range(dayLong(new Date(first).toISOString()), dayLong(new Date(last).toISOString()));
}

export const sampleOf = (review: Review): string => {
  const drawn = review.strata.reduce((sum, { sampled }) => sum + sampled, 0);
  return say.sample(drawn, review.size, review.items);
};

/** Strata are named by how the question ended. */
export const stratumOf = (name: string): string => nameOf(name, records.shares.statuses.words);

/** "97.5 %". All is said only of all, and nothing only of nothing. */
export function percentOf(share: number): string {
  const shown = share <= 0 || share >= 1 ? share : Math.min(Math.max(share, 0.001), 0.999);
  return `${(shown * 100).toLocaleString('en', { maximumFractionDigits: 1 })}\u00a0%`;
}

export const intervalOf = ({ low, high }: { low: number; high: number }): string =>
  say.results.interval(percentOf(low), percentOf(high));

/** Kappa with two decimals, with a true minus. */
export const kappaNumber = (value: number): string => value.toFixed(2).replace('-0.00', '0.00').replace('-', '\u2212');

/** Landis and Koch, *Biometrics* 33, 1977. */
export function kappaWord(value: number): KappaWord {
  if (value < 0) return 'poor';
  if (value <= 0.2) return 'slight';
  if (value <= 0.4) return 'fair';
  if (value <= 0.6) return 'moderate';
  return value <= 0.8 ? 'substantial' : 'almost perfect';
}

export function kappaMeaning({ value, low, high }: Estimate): string {
  const [from, to] = [kappaWord(low), kappaWord(high)];
  const means = `${say.results.kappaMeans(kappaWord(value))}.`;
  return from === to ? means : `${means} ${say.results.kappaSpans(from, to)}`;
}

export const isAbstention = ({ statement }: Pick<Item, 'statement'>): boolean => statement === 0;

/** A rating of this item in words; a newer server may have some that have none here yet. */
export function ratingOf(rating: Rating, item: Pick<Item, 'statement'>): string {
  const own = isAbstention(item) ? say.ratingsOfAbstention[rating] : undefined;
  return (own ?? say.ratings[rating])?.word ?? rating;
}

/** A verdict of ours in words. */
export function verdictOf(name: string): string {
  const { verdicts } = literature;
  return Object.hasOwn(verdicts, name) ? verdicts[name as keyof typeof verdicts].word : name;
}

export { count };
