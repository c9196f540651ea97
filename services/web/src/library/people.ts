// Who did something, by the name that is shown.
import { library as say } from '../strings/library';
import type { Person } from './types';

const others: Readonly<Record<string, string>> = {
  'command-line': say.commandLine,
  schedule: say.schedule,
  '': say.nobodyKnown,
};

export const nameOf = ({ id, name }: Person): string => name ?? (Object.hasOwn(others, id) ? others[id] : null) ?? id;
