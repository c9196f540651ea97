// What is said of an item, as it is being written.
import { Refused } from '../../api/problem';
import { sentence } from '../../parts/ProblemNotice';
import type { Option } from '../../parts/Choice';
import { reviews } from '../../strings/reviews';
import { countPoints } from '../../text/points';
import { type Item, type Rating, ratings } from './types';
import { isAbstention } from './words';

const say = reviews.form;

export const MAX_TEXT = 2000;

export interface Draft {
  rating: Rating | null;
  /** The comment of a rating, the reason of a decision. */
  text: string;
}

export interface Faults {
  rating?: string;
  text?: string;
}

/** Nothing is chosen beforehand but what the reader said last. */
export function begunWith({ own }: Pick<Item, 'own'>): Draft {
  const last = own?.later ?? own;
  return last ? { rating: last.rating, text: last.comment ?? '' } : { rating: null, text: '' };
}

/** Whether a third person is asked: two ratings differ, or one was changed after Osler's own check was shown. */
export function isDisputed({ others }: Pick<Item, 'others'>): boolean {
  const held = others.flatMap(({ rating, later }) => (later ? [rating, later.rating] : [rating]));
  return others.length === 2 && new Set(held).size > 1;
}

/** The ratings that an item may have. A rating has the same digit everywhere. */
export function optionsFor(item: Pick<Item, 'statement'>): Option<Rating>[] {
  return ratings.flatMap((value, at) => {
    const words = isAbstention(item) ? reviews.ratingsOfAbstention[value] : reviews.ratings[value];
    return words ? [{ value, label: words.word, note: words.note, hotkey: String(at + 1) }] : [];
  });
}

export function faultsOf({ rating, text }: Draft, needsText: boolean): Faults {
  const faults: Faults = {};
  if (rating === null) faults.rating = say.errors.rating;
  if (needsText && text.trim() === '') faults.text = say.errors.reason;
  if (countPoints(text.trim()) > MAX_TEXT) faults.text = say.errors.long;
  return faults;
}

/** What the server refuses of the text is said at its field. */
export function refusedText(error: unknown): string | null {
  const isOfText = error instanceof Refused && error.problem.code === 'bad_field' && /^the (comment|reason)\b/.test(error.problem.detail);
  return isOfText ? sentence(error.problem.detail) : null;
}

/** It was decided or signed meanwhile: what is shown is no longer how it stands. */
export const isOutdated = (error: unknown): boolean => error instanceof Refused && error.problem.code === 'not_now';
