// In a list of rows: the arrows, and j and k, go from one row's link to the next, Home and End to the first and last.
import { type RefObject, useEffect } from 'react';

/** Marks the link of a row. */
export const ROW = 'data-row';

const steps: Readonly<Record<string, number>> = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };

export function useRowKeys(list: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const { current } = list;
    const onKeyDown = (event: KeyboardEvent) => {
      if (!current || event.ctrlKey || event.metaKey || event.altKey) return;
      const rows = [...current.querySelectorAll<HTMLElement>(`[${ROW}]`)];
      const target = event.target instanceof Element ? event.target.closest('li') : null;
      const at = rows.findIndex((row) => target?.contains(row));
      const next = nextOf(event.key, at, rows.length);
      if (next === null) return;
      event.preventDefault();
      rows[next]?.focus();
    };
    current?.addEventListener('keydown', onKeyDown);
    return () => current?.removeEventListener('keydown', onKeyDown);
  }, [list]);
}

function nextOf(key: string, at: number, all: number): number | null {
  if (at < 0) return null;
  if (key === 'Home') return 0;
  if (key === 'End') return all - 1;
  const step = Object.hasOwn(steps, key) ? steps[key] : undefined;
  return step === undefined ? null : Math.min(Math.max(at + step, 0), all - 1);
}
