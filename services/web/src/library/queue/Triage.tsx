// List and detail, side by side or one after the other; what is settled goes, and the next one is there at once.
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { Button } from '../../parts/Button';
import { useSession } from '../../session/useSession';
import { useMedia } from '../../shell/useMedia';
import { queue as say } from '../../strings/queue';
import styles from '../Desk.module.css';
import { libraryKey } from '../queries';
import type { Outcome } from '../types';
import { Detail } from './Detail';
import { ItemList } from './ItemList';
import { KeysHint } from './KeysHint';
import { LookedDialog } from './LookedDialog';
import { type Cursor, type Item, placeOf, searchOf, type View } from './queue';
import own from './Queue.module.css';
import { SettleDialog } from './SettleDialog';

interface TriageProps {
  label: string;
  view: View;
  /** At least one. */
  items: readonly Item[];
  onSaid: (text: string) => void;
}

const ROOM_FOR_BOTH = '(min-width: 60rem)';
/** Browsers refuse to write the address again and again in a short time. */
const WRITE_AFTER_MS = 300;

type Doing = { what: Outcome; item: Item & { is: 'finding' } } | { what: 'looked'; item: Item & { is: 'overdue' } };
const letters: Record<string, Outcome | 'looked'> = { a: 'accepted', c: 'acted', d: 'dismissed', l: 'looked' };

export function Triage({ label, view, items, onSaid }: TriageProps) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { mayCurate } = useSession();
  const hasRoom = useMedia(ROOM_FOR_BOTH);
  const { item: named } = useSearch({ from: '/library/queue' });
  const [cursor, setCursor] = useState<Cursor | null>(named === undefined ? null : { key: named, at: 0 });
  const [doing, setDoing] = useState<Doing | null>(null);
  const [settled, setSettled] = useState(0);
  const [areKeysShown, setKeysShown] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  const detail = useRef<HTMLHeadingElement>(null);

  const place = placeOf(items, cursor);
  const active = items[place];
  const isOpened = hasRoom || named !== undefined;
  const isGone = named !== undefined && cursor?.key === named && active?.key !== named && settled === 0;

  const write = (key: string | null, replace: boolean) =>
    void navigate({
      to: '/library/queue',
      search: { ...searchOf(view), ...(key === null ? {} : { item: key }) },
      replace,
      resetScroll: false,
    });
  const later = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(later.current), []);

  const move = (to: number) => {
    const at = Math.max(0, Math.min(to, items.length - 1));
    const key = items[at]?.key;
    if (key === undefined) return;
    setCursor({ key, at });
    clearTimeout(later.current);
    if (hasRoom) later.current = setTimeout(() => write(key, true), WRITE_AFTER_MS);
  };
  const open = (at: number) => {
    move(at);
    const key = items[at]?.key;
    if (!hasRoom && key !== undefined) write(key, false);
    else if (at === place) detail.current?.focus();
  };
  const openDocument = () => {
    if (!active) return;
    const { document: id, version } = active;
    void navigate({ to: '/library/documents/$id', params: { id }, search: { version: String(version) } });
  };
  const ask = (what: Outcome | 'looked') => {
    if (!active || !mayCurate || view.state === 'settled') return;
    if (active.is === 'overdue') {
      if (what === 'looked') setDoing({ what, item: active });
    } else if (what !== 'looked') {
      setDoing({ what, item: active });
    }
  };

  /** It goes from the list as soon as that is read again; until then the next one is already the one in sight. */
  const goOn = (item: Item) => {
    const at = items.findIndex(({ key }) => key === item.key);
    const next = items[at + 1] ?? items[at - 1];
    setCursor(next ? { key: next.key, at } : null);
    clearTimeout(later.current);
    if (named !== undefined) write(next?.key ?? null, true);
    void client.invalidateQueries({ queryKey: libraryKey });
    return next;
  };
  const onDone = (item: Item, words: string) => {
    const next = goOn(item);
    onSaid(`${say.done(words, item.title)} ${next ? say.nextIs(next.title) : say.nothingLeft}`);
    setDoing(null);
    setSettled((times) => times + 1);
  };

  // The dialog is gone by now, and gives the focus back to nothing that has it already.
  useEffect(() => {
    if (settled > 0) (list.current ?? detail.current)?.focus();
  }, [settled]);

  // On a narrow screen list and detail take each other's place, and what had the focus is gone.
  const last = useRef(named);
  useEffect(() => {
    const isOther = last.current !== named;
    last.current = named;
    if (!hasRoom && isOther) (named === undefined ? list.current : detail.current)?.focus();
  }, [named, hasRoom]);

  return (
    <>
      {isGone && <p className={styles.note}>{say.gone}</p>}
      <div className={hasRoom ? own.both : ''}>
        {(hasRoom || named === undefined) && (
          <div className={own.listed}>
            <KeysHint
              isOverdue={view.kind === 'overdue'}
              maySettle={mayCurate && view.state === 'open'}
              isOpen={areKeysShown}
              onOpenChange={setKeysShown}
            />
            <ItemList
              listRef={list}
              label={label}
              items={items}
              place={place}
              onMove={move}
              onOpen={open}
              onKey={(key) => {
                if (key === 'o') openDocument();
                else if (key === '?') setKeysShown(true);
                else if (letters[key]) ask(letters[key]);
                else return false;
                return true;
              }}
            />
          </div>
        )}
        {isOpened && active && (
          <div className={own.detail}>
            {!hasRoom && (
              <Button size="s" look="quiet" onPress={() => write(null, true)}>
                {say.back}
              </Button>
            )}
            <Detail headingRef={detail} item={active} maySettle={mayCurate && view.state === 'open'} onAsk={ask} />
          </div>
        )}
      </div>
      {doing && doing.what !== 'looked' && (
        <SettleDialog
          finding={doing.item.finding}
          outcome={doing.what}
          onDone={() => onDone(doing.item, say.outcomes[doing.what].done)}
          onGone={() => void goOn(doing.item)}
          onClose={() => setDoing(null)}
        />
      )}
      {doing?.what === 'looked' && (
        <LookedDialog
          item={doing.item}
          onDone={() => onDone(doing.item, say.settle.lookedDone)}
          onClose={() => setDoing(null)}
        />
      )}
    </>
  );
}
