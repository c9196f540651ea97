// How far a proposal is: four steps, each with who did it and when.
import type { StepName } from '../../strings/changes';
import type { Person, Proposal, ProposalState } from '../types';

/** `never`: it ended before, or cannot go on. */
export type StepState = 'done' | 'next' | 'later' | 'never';

export interface Step {
  name: StepName;
  state: StepState;
  /** Of a step that is done. */
  by: Person | null;
  at: string | null;
}

const names: readonly StepName[] = ['ingest', 'review', 'approve', 'publish'];
const reached: Partial<Record<ProposalState, number>> = { proposed: 1, reviewed: 2, approved: 3, executed: 4 };

export const isOpen = ({ state }: Pick<Proposal, 'state'>): boolean =>
  state === 'proposed' || state === 'reviewed' || state === 'approved';

export function stepsOf(proposal: Proposal): Step[] {
  const done = reached[proposal.state] ?? 1 + new Set(proposal.signatures.map(({ meaning }) => meaning)).size;
  const mayGoOn = isOpen(proposal) && !proposal.is_changed;
  return names.map((name, at) => {
    if (at < done) return { name, state: 'done', ...doneBy(name, proposal) };
    const state = !mayGoOn ? 'never' : at === done ? 'next' : 'later';
    return { name, state, by: null, at: null };
  });
}

function doneBy(name: StepName, { by, at, signatures, closed }: Proposal): Pick<Step, 'by' | 'at'> {
  if (name === 'ingest') return { by, at };
  const found = name === 'publish' ? closed : signatures.findLast(({ meaning }) => meaning === name);
  return { by: found?.by ?? null, at: found?.at ?? null };
}
