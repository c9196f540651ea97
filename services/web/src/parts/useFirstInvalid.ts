// After a form was refused: the first field to correct gets the focus, so that it is seen and read aloud with its error.
import { useEffect, useRef, type RefObject } from 'react';

/** For the form's `ref`. `errors` is a new object with every attempt. */
export function useFirstInvalid(errors: object): RefObject<HTMLFormElement | null> {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    form.current?.querySelector<HTMLElement>('[data-invalid] input, [data-invalid] textarea')?.focus();
  }, [errors]);
  return form;
}
