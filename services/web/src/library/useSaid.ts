// What was done is said once, and goes: it must not stand there when the next thing is done.
import { useEffect, useState } from 'react';

const FOR_MS = 8000;

/** For a paragraph with `role="status"` that is always there. */
export function useSaid(): [string, (text: string) => void] {
  const [said, setSaid] = useState('');
  useEffect(() => {
    if (said === '') return;
    const timer = setTimeout(() => setSaid(''), FOR_MS);
    return () => clearTimeout(timer);
  }, [said]);
  return [said, setSaid];
}
