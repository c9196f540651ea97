// How much room a plot has, so that its letters stay as large as those around it at every width and zoom.
import { type RefObject, useEffect, useRef, useState } from 'react';

export interface Box {
  width: number;
  /** The size of its letters. */
  em: number;
}

export function useBox(): [RefObject<HTMLDivElement | null>, Box] {
  const place = useRef<HTMLDivElement>(null);
  const [box, setBox] = useState<Box>({ width: 640, em: 12 });
  useEffect(() => {
    const element = place.current;
    if (!element || !('ResizeObserver' in globalThis)) return;
    const observer = new ResizeObserver(() => {
      const em = Number.parseFloat(getComputedStyle(element).fontSize);
      if (element.clientWidth > 0) setBox({ width: element.clientWidth, em });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, []);
  return [place, box];
}
