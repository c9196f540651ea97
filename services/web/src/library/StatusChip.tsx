// The standing of a version: a word, an icon and a colour.
import type { ReactNode } from 'react';
import { Chip } from '../parts/Chip';
import { AlertIcon, CheckIcon, CrossIcon, EditIcon, HistoryIcon, PlusIcon, StopIcon } from '../parts/icons';
import type { Tone } from '../parts/Notice';
import { literature } from '../strings';
import { library } from '../strings/library';
import type { Status } from './types';

const looks: Record<Status, { tone: Tone; icon: ReactNode }> = {
  current: { tone: 'good', icon: <CheckIcon size={13} /> },
  superseded: { tone: 'info', icon: <HistoryIcon size={13} /> },
  retracted: { tone: 'stop', icon: <StopIcon size={13} /> },
  expression_of_concern: { tone: 'warn', icon: <AlertIcon size={13} /> },
  corrected: { tone: 'warn', icon: <EditIcon size={13} /> },
  withdrawn: { tone: 'stop', icon: <CrossIcon size={13} /> },
  expired: { tone: 'info', icon: <HistoryIcon size={13} /> },
};

interface StatusChipProps {
  status: Status;
  /** Its passages come into force with the next publication: that it is current is true of its issuer alone. */
  isStaged?: boolean;
}

export function StatusChip({ status, isStaged = false }: StatusChipProps) {
  const { tone, icon } = looks[status];
  if (isStaged && status === 'current') return <Chip icon={<PlusIcon size={13} />}>{library.staged}</Chip>;
  return (
    <Chip tone={tone} icon={icon}>
      {literature.statuses[status]}
    </Chip>
  );
}
