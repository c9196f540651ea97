// Copying, and whether it worked.
import { useEffect, useState } from 'react';
import { copyText } from '../export/clipboard';

export function useCopy() {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  useEffect(() => {
    if (state === 'idle') return;
    const timer = setTimeout(() => {
      setState('idle');
    }, 2500);
    return () => {
      clearTimeout(timer);
    };
  }, [state]);
  const copy = (text: string) => {
    void copyText(text).then((isCopied) => setState(isCopied ? 'copied' : 'failed'));
  };
  return { state, copy };
}
