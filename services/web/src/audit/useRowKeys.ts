// In a list of rows: the arrows, and j and k, go from one row to the next, Home and End to the first and last.
import { type RefObject, useEffect, useRef } from 'react';

/** Marks what of a row takes the focus. */
export const ROW = 'data-row';

const ignored = () => false;

const steps: Readonly<Record<string, number>> = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };

/** `onKey` says whether another key means something for the row at that place. */
export function useRowKeys(list: RefObject<HTMLElement | null>, onKey: (key: string, at: number) => boolean = ignored): void {
  const act = useRef(onKey);
  useEffect(() => {
    act.current = onKey;
  }, [onKey]);

  useEffect(() => {
    const { current } = list;
    const onKeyDown = (event: KeyboardEvent) => {
      if (!current || event.ctrlKey || event.metaKey || event.altKey) return;
      const rows = [...current.querySelectorAll<HTMLElement>(`[${ROW}]`)];
      const target = event.target instanceof Element ? event.target.closest('li') : null;
      const at = rows.findIndex((row) => target?.contains(row));
      if (at < 0) return;
      const next = nextOf(event.key, at, rows.length);
      if (next !== null) rows[next]?.focus();
      else if (event.repeat || !act.current(event.key, at)) return;
      event.preventDefault();
    };
    current?.addEventListener('keydown', onKeyDown);
    return () => current?.removeEventListener('keydown', onKeyDown);
  }, [list]);
}

function nextOf(key: string, at: number, all: number): number | null {
  if (key === 'Home') return 0;
  if (key === 'End') return all - 1;
  const step = Object.hasOwn(steps, key) ? steps[key] : undefined;
  return step === undefined ? null : Math.min(Math.max(at + step, 0), all - 1);
}
