// Which turn is in view.
import { type RefObject, useEffect, useRef } from 'react';
import type { Shown } from './turns';

/** Brings into view a question that was just asked; on arrival, what is open in the reader, or else the latest turn. */
export function useTurnsInView(list: RefObject<HTMLElement | null>, shown: readonly Shown[]): void {
  const seen = useRef<string | null>(null);
  const last = shown.at(-1);
  const lastKey = last?.key ?? null;
  const count = shown.length;
  useEffect(() => {
    const before = seen.current;
    seen.current = lastKey;
    if (lastKey === null || lastKey === before) return;
    const turns = list.current?.querySelectorAll<HTMLElement>('[data-turn]');
    const current = before === null ? list.current?.querySelector<HTMLElement>('[data-current]') : null;
    if (current) current.scrollIntoView({ block: 'center' });
    else if (count > 1) turns?.item(turns.length - 1).scrollIntoView({ block: 'start' });
  }, [lastKey, count, list]);
}
