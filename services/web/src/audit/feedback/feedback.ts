// Which of what readers said is shown, by what stands in the address, and what can become of a report.
import type { Feedback, HandlingState, Kind } from './types';

export const kinds: readonly Kind[] = ['safety', 'disagree', 'unhelpful', 'helpful'];
export const states: readonly HandlingState[] = ['open', 'acknowledged', 'closed'];

export interface View {
  /** Null for all. */
  kind: Kind | null;
  /** Of reports of a risk; null for all. */
  state: HandlingState | null;
  before: number | null;
}

export type FeedbackSearch = Partial<Record<'kind' | 'state' | 'before', string>>;

export function viewOf({ kind, state, before }: FeedbackSearch): View {
  const named = states.find((one) => one === state) ?? null;
  return {
    // Nothing else has a state.
    kind: named === null ? (kinds.find((one) => one === kind) ?? null) : 'safety',
    state: named,
    before: before !== undefined && /^\d{1,15}$/.test(before) ? Number(before) : null,
  };
}

export function searchOf({ kind, state, before }: View): FeedbackSearch {
  return {
    ...(kind === null ? {} : { kind }),
    ...(state === null ? {} : { state }),
    ...(before === null ? {} : { before: String(before) }),
  };
}

const next: Record<HandlingState, readonly HandlingState[]> = {
  open: ['acknowledged', 'closed'],
  acknowledged: ['closed'],
  closed: ['open'],
};

/** What can be done with it; nothing with what is no report of a risk. */
export const nextOf = ({ handling }: Feedback): readonly HandlingState[] => (handling ? next[handling.state] : []);

const HOUR_MS = 3_600_000;

/** Hours for which nobody has taken it up; of one that was opened again, since then. Null where it is in hand. */
export function waitsFor({ received_at, handling }: Feedback, now: number): number | null {
  if (handling?.state !== 'open') return null;
  const since = handling.moves.at(-1)?.at ?? received_at;
  return Math.max(0, now - Date.parse(since)) / HOUR_MS;
}

/** As it is once one of them was changed; what no longer fits is not there any more. */
export function changedIn(feedback: readonly Feedback[], changed: Feedback, { state }: View): Feedback[] {
  const fits = state === null || changed.handling?.state === state;
  return feedback.flatMap((one) => (one.id !== changed.id ? [one] : fits ? [changed] : []));
}
