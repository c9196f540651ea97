// Seconds that are left of some, since a time.
import { useEffect, useState } from 'react';

export function useCountdown(seconds: number, since: number): number {
  const [now, setNow] = useState(since);
  const left = Math.max(0, Math.ceil(seconds - Math.max(0, now - since) / 1000));
  useEffect(() => {
    if (left <= 0) return;
    const timer = setTimeout(() => {
      setNow(Date.now());
    }, 1000);
    return () => {
      clearTimeout(timer);
    };
  }, [left, now]);
  return left;
}
