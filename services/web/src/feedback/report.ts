// Feedback as it is being written, and what must be said before it can be sent.
import type { FeedbackReport } from '../api/types';
import { feedback as say } from '../strings/feedback';
import { countPoints } from '../text/points';

export const MAX_COMMENT = 2000;

export interface Draft {
  /** Null until chosen; a safety report is one from the start. */
  kind: FeedbackReport['kind'] | null;
  category: FeedbackReport['category'];
  severity: FeedbackReport['severity'];
  comment: string;
}

export type DraftErrors = Partial<Record<keyof Draft, string>>;

export function begun(kind: 'feedback' | 'safety'): Draft {
  return { kind: kind === 'safety' ? 'safety' : null, category: null, severity: null, comment: '' };
}

/** What is wrong can be said of all but praise. */
export function takesCategory(draft: Draft): boolean {
  return draft.kind !== null && draft.kind !== 'helpful';
}

export function reportOf(draft: Draft, statement: number | null): { report: FeedbackReport } | { errors: DraftErrors } {
  const comment = draft.comment.trim();
  const isSafety = draft.kind === 'safety';
  const errors: DraftErrors = {};
  if (draft.kind === null) errors.kind = say.errors.kind;
  if (isSafety && draft.category === null) errors.category = say.errors.category;
  if (isSafety && draft.severity === null) errors.severity = say.errors.severity;
  if (isSafety && comment === '') errors.comment = say.errors.comment;
  // Counted as the server counts: in code points.
  if (countPoints(comment) > MAX_COMMENT) errors.comment = say.errors.long(MAX_COMMENT);
  if (draft.kind === null || Object.keys(errors).length > 0) return { errors };
  return {
    report: {
      statement,
      kind: draft.kind,
      category: takesCategory(draft) ? draft.category : null,
      severity: isSafety ? draft.severity : null,
      comment: comment === '' ? null : comment,
    },
  };
}

const kept = new Map<string, Draft>();

/** What was written and not sent, for as long as the page is open: a dialog closed by mistake can be opened again. */
export const drafts = {
  of: (name: string): Draft | undefined => kept.get(name),
  keep: (name: string, draft: Draft): void => void kept.set(name, draft),
  drop: (name: string): void => void kept.delete(name),
  clear: (): void => kept.clear(),
};
