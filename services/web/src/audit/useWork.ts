// Work that takes a while: how far it is, and a way to stop it.
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';

/** Says how far it is in words. It is stopped by its signal. */
export type Act = (signal: AbortSignal, tell: (progress: string) => void) => Promise<void>;

export interface Work {
  /** Does nothing while other work is being done. */
  start: (act: Act) => void;
  stop: () => void;
  isWorking: boolean;
  progress: string;
  error: Error | null;
}

export function useWork(): Work {
  const [progress, setProgress] = useState('');
  const stopper = useRef<AbortController | null>(null);
  useEffect(() => () => stopper.current?.abort(), []);
  const work = useMutation({
    mutationFn: async ({ act, signal }: { act: Act; signal: AbortSignal }) => {
      await act(signal, setProgress).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    },
    onSettled: () => {
      stopper.current = null;
      setProgress('');
    },
    retry: false,
    gcTime: 0,
  });
  return {
    start: (act) => {
      if (stopper.current !== null) return;
      stopper.current = new AbortController();
      work.mutate({ act, signal: stopper.current.signal });
    },
    stop: () => stopper.current?.abort(),
    isWorking: work.isPending,
    progress,
    error: work.error,
  };
}
