// What of a text stands on a page, with the passages that can be chosen there.
import { useEffect, useMemo, useRef } from 'react';
import type { HeldDocument } from '../../api/types';
import { Button } from '../../parts/Button';
import { bringIntoView } from '../../reader/bringIntoView';
import { pages as say } from '../../strings/pages';
import type { LibraryPassage } from '../types';
import { BlockView, type Choosing, PassageButton } from './BlockView';
import { cutText, inOrder } from './cut';
import { byPage, type PageSearch, passagesOn, waysFrom } from './pages';
import styles from './Pages.module.css';
import shared from './Text.module.css';

interface PageTextProps {
  held: HeldDocument;
  /** Null where they could not be had. */
  passages: readonly LibraryPassage[] | null;
  page: number;
  /** The id of a passage. */
  chosen: string | null;
  onTurn: (to: PageSearch) => void;
}

export function PageText({ held, passages, page, chosen, onTurn }: PageTextProps) {
  const pages = useMemo(() => byPage(cutText(held, passages ?? [])), [held, passages]);
  const ordered = useMemo(() => inOrder(passages ?? []), [passages]);
  const pane = useRef<HTMLDivElement>(null);
  const cuts = pages.get(page) ?? [];
  const on = passagesOn(cuts);
  // One that has no word on this page is not seen here.
  const at = on.all.find((n) => ordered[n - 1]?.id === chosen) ?? null;

  const choose = (n: number) => {
    const passage = ordered[n - 1];
    if (!passage) return;
    const isLetGo = n === at;
    const to = isLetGo ? page : (passage.page ?? page);
    onTurn({ page: String(to), passage: isLetGo ? undefined : passage.id });
    // Its button is not on the other page.
    if (to !== page) pane.current?.focus({ preventScroll: true });
  };
  const choosing: Choosing = { chosen: at, onChoose: choose };

  useEffect(() => {
    const box = pane.current;
    if (!box) return;
    const mark = box.querySelector('mark');
    if (mark) bringIntoView(mark);
    else box.scrollTop = 0;
  }, [page, at, pages]);

  return (
    <>
      <p className={shared.intro}>{say.intro}</p>
      {ordered.length > 0 && <Ways {...waysFrom(page, at, on, ordered)} onGo={(id, to) => onTurn({ page: to, passage: id })} />}
      {/* What scrolls for itself must be scrolled by the keyboard, too. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div ref={pane} className={`${shared.text} ${shared.pane}`} role="region" aria-label={say.text(page)} tabIndex={0}>
        {on.goOn.length > 0 && (
          <p className={styles.goOn}>
            {say.passages.goesOn}{' '}
            {on.goOn.map((n) => (
              <PassageButton key={n} n={n} isInForce={ordered[n - 1]?.is_in_force ?? false} choosing={choosing} />
            ))}
          </p>
        )}
        {cuts.length === 0 && <p className={styles.goOn}>{say.noText}</p>}
        {cuts.map((cut, place) => (
          <BlockView key={place} cut={cut} knowsPassages={passages !== null} choosing={choosing} />
        ))}
      </div>
    </>
  );
}

interface WaysProps {
  back: LibraryPassage | undefined;
  onward: LibraryPassage | undefined;
  onGo: (passage: string, page: string) => void;
}

/** From passage to passage, over the pages. */
function Ways({ back, onward, onGo }: WaysProps) {
  const go = (to: LibraryPassage | undefined) => {
    if (to) onGo(to.id, String(to.page ?? 1));
  };
  return (
    // Not disabled at the ends: they would lose the focus, and the keyboard with it.
    <div role="group" aria-label={say.passages.label} className={styles.line}>
      <Button size="s" onPress={() => go(back)}>
        {say.passages.previous}
      </Button>
      <Button size="s" onPress={() => go(onward)}>
        {say.passages.next}
      </Button>
    </div>
  );
}
