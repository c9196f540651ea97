// Whoever did something has a name, also where it was no account.
import { expect, it } from 'vitest';
import { library as say } from '../strings/library';
import { nameOf } from './people';

it('accounts are called by their name, what has none by a word, and what is unknown by its id', () => {
  const called = (id: string, name: string | null = null) => nameOf({ id, name });
  expect(called('id-ada', 'Ada Keeper')).toBe('Ada Keeper');
  expect(called('command-line')).toBe(say.commandLine);
  expect(called('schedule')).toBe(say.schedule);
  expect(called('')).toBe(say.nobodyKnown);
  expect(called('toString')).toBe('toString');
});
