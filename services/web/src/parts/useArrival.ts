// On a page that shows another part of itself: its heading gets the focus, so that it is read from there.
import { type RefObject, useEffect, useRef } from 'react';

/** For the `ref` of a heading with `tabIndex={-1}`. `place` names what is shown; on the first page nothing is moved. */
export function useArrival(place: string): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null);
  const last = useRef(place);
  useEffect(() => {
    if (last.current !== place) heading.current?.focus();
    last.current = place;
  }, [place]);
  return heading;
}
