// The list: one stop of the keyboard, which stays where it is while what is chosen moves.
import { type KeyboardEvent, type RefObject, useEffect, useId } from 'react';
import { queue as say } from '../../strings/queue';
import { useCorpusTitles } from '../useCorpusTitles';
import type { Item } from './queue';
import own from './Queue.module.css';

interface ItemListProps {
  listRef: RefObject<HTMLDivElement | null>;
  label: string;
  items: readonly Item[];
  /** Of the one that is chosen. */
  place: number;
  onMove: (to: number) => void;
  onOpen: (at: number) => void;
  /** Whether the key means anything. */
  onKey: (key: string) => boolean;
}

export function ItemList({ listRef, label, items, place, onMove, onOpen, onKey }: ItemListProps) {
  const id = useId();
  const titleOf = useCorpusTitles();
  const idOf = (at: number) => `${id}-${at}`;

  useEffect(() => {
    if (document.activeElement !== listRef.current) return;
    listRef.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [listRef, place]);

  const places: Record<string, number> = {
    ...{ ArrowDown: place + 1, j: place + 1, ArrowUp: place - 1, k: place - 1 },
    ...{ Home: 0, End: items.length - 1, PageDown: place + 10, PageUp: place - 10 },
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const to = places[event.key];
    if (to !== undefined) onMove(to);
    else if (event.key === 'Enter' || event.key === ' ') onOpen(place);
    else if (!onKey(event.key)) return;
    event.preventDefault();
  };

  return (
    <div
      ref={listRef}
      role="listbox"
      tabIndex={0}
      aria-label={label}
      aria-activedescendant={idOf(place)}
      className={own.list}
      onKeyDown={onKeyDown}
    >
      {items.map((item, at) => (
        // Keys are those of the list.
        // eslint-disable-next-line jsx-a11y/click-events-have-key-events
        <div
          key={item.key}
          id={idOf(at)}
          role="option"
          tabIndex={-1}
          aria-selected={at === place}
          className={own.item}
          onClick={() => {
            onOpen(at);
            listRef.current?.focus();
          }}
        >
          <span className={own.title}>{item.title}</span>
          <span className={own.line}>{lineOf(item, titleOf)}</span>
        </div>
      ))}
    </div>
  );
}

const lineOf = (item: Item, titleOf: (corpus: string) => string): string =>
  `${item.is === 'overdue' ? say.due(item.review_by) : say.kinds[item.finding.kind].name} · ${titleOf(item.corpus)}`;
