// What readers may have said, for tests.
import type { Feedback, Handling, Move } from './types';

export const HOSTILE = '<img src=x onerror=alert(1)> Ten times\ntoo much.';

export const feedbackOf = (id: string, change: Partial<Feedback> = {}): Feedback => ({
  id,
  received_at: '2026-11-22T10:00:00Z',
  actor: 'someone',
  answer: `answer-${id}`,
  kind: 'helpful',
  statement: null,
  category: null,
  severity: null,
  comment: null,
  handling: null,
  ...change,
});

export const untouched: Handling = { state: 'open', moves: [], waited_hours: null };

export const move = (to: Move['to'], change: Partial<Move> = {}): Move => ({
  ...{ at: '2026-11-23T12:00:00Z', by: 'id-ada', to, outcome: null, note: null },
  ...change,
});

export const safety = (id: string, change: Partial<Feedback> = {}): Feedback =>
  feedbackOf(id, {
    kind: 'safety',
    category: 'wrong_dose',
    severity: 'near_miss',
    statement: 2,
    comment: `Comment ${id}`,
    handling: untouched,
    ...change,
  });
