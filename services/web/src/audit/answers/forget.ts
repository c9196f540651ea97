// After the words of an answer were erased: this browser keeps nothing of them either.
import type { QueryClient } from '@tanstack/react-query';
import { keys } from '../../api/keys';
import { READERS } from '../feedback/calls';
import { FOUND } from './calls';

/** Everything but the record itself, which says that they are gone once it is read again. */
export function forgetWords(client: QueryClient, id: string): void {
  for (const queryKey of [FOUND, keys.answer(id), ['plain', id], ['differential', id], ['conversation'], READERS]) {
    client.removeQueries({ queryKey });
  }
}
