// After the words of an answer were erased: this browser keeps nothing of them either.
import type { QueryClient } from '@tanstack/react-query';
import { keys } from '../../api/keys';
import { Refused } from '../../api/problem';
import { READERS } from '../feedback/calls';
import { FOUND } from './calls';

/** Whether they are destroyed all the same: what was destroyed lies in a file that another program keeps as it was. */
export const isStillRead = (error: unknown): boolean => error instanceof Refused && error.problem.code === 'still_read';

/** Everything but the record itself, which says that they are gone once it is read again. */
export function forgetWords(client: QueryClient, id: string): void {
  for (const queryKey of [FOUND, keys.answer(id), ['plain', id], ['differential', id], ['conversation'], READERS]) {
    client.removeQueries({ queryKey });
  }
}
