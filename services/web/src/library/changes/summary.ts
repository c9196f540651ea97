// What publishing would change, in figures and by corpus.
import type { StagedChange } from '../types';

export interface Summary {
  /** Documents that come, change and leave. */
  coming: number;
  changed: number;
  leaving: number;
  /** Passages. */
  passagesIn: number;
  passagesOut: number;
}

export type Way = 'coming' | 'changed' | 'leaving';

/** What becomes of a document is told of all its versions together: one that is replaced leaves, another comes. */
export function summaryOf(changes: readonly StagedChange[]): Summary {
  const of = new Map<string, { coming: number; leaving: number }>();
  const summary: Summary = { coming: 0, changed: 0, leaving: 0, passagesIn: 0, passagesOut: 0 };
  for (const { document, coming, leaving } of changes) {
    const before = of.get(document) ?? { coming: 0, leaving: 0 };
    of.set(document, { coming: before.coming + coming, leaving: before.leaving + leaving });
    summary.passagesIn += coming;
    summary.passagesOut += leaving;
  }
  for (const one of of.values()) summary[wayOf(one)] += 1;
  return summary;
}

export function wayOf({ coming, leaving }: Pick<StagedChange, 'coming' | 'leaving'>): Way {
  if (coming > 0 && leaving > 0) return 'changed';
  if (leaving > 0) return 'leaving';
  return coming > 0 ? 'coming' : 'changed';
}

export interface CorpusChanges {
  corpus: string;
  changes: StagedChange[];
}

/** In the order in which they come. */
export function byCorpus(changes: readonly StagedChange[]): CorpusChanges[] {
  const of = new Map<string, StagedChange[]>();
  for (const change of changes) {
    const held = of.get(change.corpus);
    if (held) held.push(change);
    else of.set(change.corpus, [change]);
  }
  return [...of].map(([corpus, held]) => ({ corpus, changes: held }));
}
