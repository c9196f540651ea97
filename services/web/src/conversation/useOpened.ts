// The document that is open beside a conversation. The address holds it, so a reload restores it.
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Opener } from '../answer/open';
import type { Quoting } from '../reader/expected';
import { NOW, type Opened, readOpened, type ReaderSearch, writeOpened } from '../reader/state';
import type { Asked } from './desk';

/** What quotes can be found in while an answer comes in, and once it is whole. */
export function quotingOf(asked: Asked): Quoting {
  return asked.answer ?? { statements: asked.statements, evidence: asked.evidence, conflicts: [], closest: [] };
}

export function useOpened(search: ReaderSearch, asked: readonly Asked[]) {
  const navigate = useNavigate();
  const [isFresh, setFresh] = useState(false);
  const cameFrom = useRef<HTMLElement | null>(null);
  const { doc, v, s, e, cite } = search;
  const opened = useMemo(() => readOpened({ doc, v, s, e, cite } as ReaderSearch), [doc, v, s, e, cite]);
  const last = asked.at(-1);

  const show = useCallback(
    (next: Opened | null, replace: boolean) => {
      const reader = { ...writeOpened(next) };
      void navigate({ to: '.', search: reader, replace, resetScroll: false });
    },
    [navigate],
  );
  const open = useCallback(
    (next: Opened) => {
      cameFrom.current = document.activeElement instanceof HTMLElement ? document.activeElement : null;
      setFresh(true);
      show(next, false);
    },
    [show],
  );
  const close = useCallback(() => {
    show(null, false);
    cameFrom.current?.focus({ preventScroll: true });
  }, [show]);

  // A quote opened while its answer came in gets the id of the answer once there is one.
  const answerId = last?.answer?.id;
  useEffect(() => {
    if (opened?.cite?.answer !== NOW || !answerId) return;
    show({ ...opened, cite: { ...opened.cite, answer: answerId } }, true);
  }, [opened, answerId, show]);

  const opener = useMemo((): Opener => ({ open, current: cite ?? null }), [open, cite]);
  return { opened, live: last ? quotingOf(last) : null, isFresh, open, close, opener };
}
