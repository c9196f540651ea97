// Keys of the desk: a digit chooses, Enter saves. They can be turned off, for those whom single keys get in the way.
import { type RefObject, useEffect, useRef, useState } from 'react';

/** Stays as it was set until the page is loaded again. */
let isOn = true;

/** `onDigit` says whether there is something to choose by it. */
export function useKeys(
  desk: RefObject<HTMLElement | null>,
  form: RefObject<HTMLFormElement | null>,
  onDigit: (digit: string) => boolean,
): [boolean, (isOn: boolean) => void] {
  const [hasKeys, setHasKeys] = useState(isOn);
  const choose = useRef(onDigit);
  useEffect(() => {
    choose.current = onDigit;
  }, [onDigit]);

  useEffect(() => {
    if (!hasKeys) return;
    const onKeyDown = (event: KeyboardEvent) => {
      const { target, key } = event;
      const isChord = event.ctrlKey || event.metaKey || event.altKey;
      // An input method uses Enter and digits to choose a word.
      if (isChord || event.isComposing || !(target instanceof Element)) return;
      // Nothing else has the focus: a dialog, a menu and the header keep their keys.
      const isHere = desk.current?.contains(target) === true;
      if (!isHere && !target.matches('body, main')) return;
      const isText = target.matches('textarea, input:not([type=radio]):not([type=checkbox])');
      if (/^[1-9]$/.test(key) && !isText && !event.repeat) {
        if (choose.current(key)) event.preventDefault();
        return;
      }
      const isOwn = target.closest('a, button, summary, input:not([type=radio])') !== null;
      if (key !== 'Enter' || event.shiftKey || event.repeat || isOwn) return;
      event.preventDefault();
      form.current?.requestSubmit();
    };
    document.addEventListener('keydown', onKeyDown, true);
    return () => document.removeEventListener('keydown', onKeyDown, true);
  }, [hasKeys, desk, form]);

  return [
    hasKeys,
    (wanted) => {
      isOn = wanted;
      setHasKeys(wanted);
    },
  ];
}
