// How a report of a risk stands, in an icon and in words.
import { Chip } from '../../parts/Chip';
import { AlertIcon, CheckIcon, EditIcon } from '../../parts/icons';
import { readers as say } from '../../strings/readers';
import type { HandlingState } from './types';

const looks = {
  open: { tone: 'warn', Icon: AlertIcon },
  acknowledged: { tone: 'info', Icon: EditIcon },
  closed: { tone: 'good', Icon: CheckIcon },
} as const satisfies Record<HandlingState, object>;

export function StateChip({ state }: { state: HandlingState }) {
  const { tone, Icon } = looks[state];
  return (
    <Chip tone={tone} icon={<Icon size={13} />}>
      {say.states[state]}
    </Chip>
  );
}
