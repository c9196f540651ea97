// Whether an answer that says nothing says so only because a part of the search was away.
import type { Answer } from '../api/types';

/** What is not found then may be held all the same. */
export const isInconclusive = ({ status, missing }: Pick<Answer, 'status' | 'missing'>): boolean =>
  status === 'no_evidence' && missing != null;
