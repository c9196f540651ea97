// Which gaps are shown: by what stands in the address.
import type { GapState, Ticket } from '../types';

export interface GapsSearch {
  state?: string;
  q?: string;
  page?: string;
}

export interface View {
  state: GapState;
  q: string;
  /** Counted from 1. */
  page: number;
}

export const gapStates: readonly GapState[] = ['open', 'filled', 'declined'];

export function viewOf({ state, q = '', page }: GapsSearch): View {
  const named = gapStates.find((one) => one === state) ?? 'open';
  const at = page !== undefined && /^[1-9]\d{0,5}$/.test(page) ? Number(page) : 1;
  return { state: named, q, page: at };
}

export function searchOf({ state, q, page }: View): GapsSearch {
  return {
    ...(state === 'open' ? {} : { state }),
    ...(q === '' ? {} : { q }),
    ...(page === 1 ? {} : { page: String(page) }),
  };
}

/** The most asked first; of those asked as often, the one asked last. */
export const inOrder = (tickets: readonly Ticket[]): Ticket[] =>
  [...tickets].sort((a, b) => b.times - a.times || b.last_asked_at.localeCompare(a.last_asked_at) || a.n - b.n);

/** Tickets with a question that has all the words. */
export function having(words: string, tickets: readonly Ticket[]): readonly Ticket[] {
  const wanted = words.toLowerCase().split(/\s+/).filter((word) => word !== '');
  if (wanted.length === 0) return tickets;
  return tickets.filter(({ questions }) =>
    questions.some(({ question }) => {
      const text = question.toLowerCase();
      return wanted.every((word) => text.includes(word));
    }),
  );
}

/** In the document at once. */
export const PAGE = 50;

export interface Stretch {
  tickets: readonly Ticket[];
  /** Counted from 1; a page that is not there is the last one. */
  page: number;
  last: number;
  from: number;
}

export function stretchOf(tickets: readonly Ticket[], page: number): Stretch {
  const last = Math.max(1, Math.ceil(tickets.length / PAGE));
  const at = Math.min(page, last);
  const from = (at - 1) * PAGE;
  return { tickets: tickets.slice(from, from + PAGE), page: at, last, from: from + 1 };
}

/** What a gap is called: what is asked most of it. */
export const questionOf = ({ questions }: Ticket): string => questions[0]?.question ?? '';
