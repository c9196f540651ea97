// Keys of the log that an auditor knows from elsewhere, remembered in this browser.
import { useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { record } from '../../strings/record';
import { Bad } from '../proof/bad';
import { Unable } from '../proof/crypto';
import { type Key, keyOf, LOG } from '../proof/note';

const say = record.believed;
const NAME = 'osler.log-keys';

/** Where the browser lets nothing be remembered, they hold as long as the page. */
let unkept: string | null = null;
const listeners = new Set<() => void>();

function remembered(): string {
  if (unkept !== null) return unkept;
  try {
    return localStorage.getItem(NAME) ?? '';
  } catch {
    return '';
  }
}

/** Whether it will still be known tomorrow. */
export function remember(text: string): boolean {
  unkept = null;
  try {
    if (text === '') localStorage.removeItem(NAME);
    else localStorage.setItem(NAME, text);
  } catch {
    unkept = text;
  }
  listeners.forEach((tell) => tell());
  return unkept === null;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('storage', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', listener);
  };
}

/** As they were written, one a line. */
export const useRemembered = (): string => useSyncExternalStore(subscribe, remembered);

export const linesOf = (text: string): string[] => text.split('\n').map((line) => line.trim()).filter(Boolean);

/** The keys of some lines, or what is wrong with the first line that is none. */
export async function keysOf(lines: readonly string[]): Promise<Key[] | string> {
  const keys: Key[] = [];
  for (const [at, line] of lines.entries()) {
    try {
      const key = await keyOf(line);
      if (key.kind !== LOG) return say.error(at + 1, say.witness);
      keys.push(key);
    } catch (error) {
      if (error instanceof Bad || error instanceof Unable) return say.error(at + 1, error.message);
      throw error;
    }
  }
  return keys;
}

/** None until they are read; what is no key by now is left out. */
export function useBelieved(): readonly Key[] | undefined {
  const text = useRemembered();
  const { data } = useQuery({
    queryKey: ['believed', text],
    queryFn: async () => {
      const keys = await Promise.all(linesOf(text).map((line) => keysOf([line])));
      return keys.flatMap((key) => (typeof key === 'string' ? [] : key));
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data;
}
