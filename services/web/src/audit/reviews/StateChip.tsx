// Where a review stands.
import { Chip } from '../../parts/Chip';
import { CheckIcon } from '../../parts/icons';
import type { Tone } from '../../parts/Notice';
import { reviews as say } from '../../strings/reviews';
import type { State } from './types';

const tones: Record<State, Tone> = { open: 'info', adjudication: 'warn', ready: 'warn', signed: 'good' };

export function StateChip({ state }: { state: State }) {
  return (
    <Chip tone={tones[state] ?? 'info'} icon={state === 'signed' ? <CheckIcon size={13} /> : null}>
      {say.states[state] ?? state}
    </Chip>
  );
}
