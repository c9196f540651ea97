// The turns of a conversation: what the server has kept, and what was asked since this page was loaded.
import type { Answer } from '../api/types';
import type { Asked } from './desk';

export type Shown =
  | { key: string; kind: 'answer'; answer: Answer; asked: Asked | null }
  | { key: string; kind: 'asked'; asked: Asked };

/** Oldest first; what is still in work, stopped or failed comes last. An answer that both have is shown once. */
export function turns(kept: readonly Answer[], asked: readonly Asked[]): Shown[] {
  const here = new Set(asked.flatMap((one) => one.answer?.id ?? []));
  const answers: Shown[] = kept
    .filter((answer) => !here.has(answer.id))
    .map((answer) => ({ key: answer.id, kind: 'answer', answer, asked: null }));
  const open: Shown[] = [];
  for (const one of asked) {
    if (one.answer) answers.push({ key: one.key, kind: 'answer', answer: one.answer, asked: one });
    else open.push({ key: one.key, kind: 'asked', asked: one });
  }
  // Ids sort by time.
  const idOf = (shown: Shown) => (shown.kind === 'answer' ? shown.answer.id : '');
  answers.sort((a, b) => (idOf(a) < idOf(b) ? -1 : idOf(a) > idOf(b) ? 1 : 0));
  return [...answers, ...open];
}
