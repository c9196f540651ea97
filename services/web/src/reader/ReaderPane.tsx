// The reader beside the conversation; where there is no room for that, over it.
import { Link } from '@tanstack/react-router';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { Dialog } from '../parts/Dialog';
import { CloseIcon, LinkIcon } from '../parts/icons';
import { IconButton } from '../parts/IconButton';
import { VisuallyHidden } from '../parts/VisuallyHidden';
import { useIsWide } from '../shell/useMedia';
import { reader as words } from '../strings';
import type { Quoting } from './expected';
import styles from './ReaderPane.module.css';
import { ReaderView } from './ReaderView';
import { documentSearch, type Opened } from './state';

interface ReaderPaneProps {
  opened: Opened;
  live: Quoting | null;
  onClose: () => void;
  /** Opened just now by the reader, who goes there; not restored by a reload, where focus stays. */
  isFresh: boolean;
}

export function ReaderPane({ opened, live, onClose, isFresh }: ReaderPaneProps) {
  const isWide = useIsWide();
  const pane = useRef<HTMLElement>(null);
  useEffect(() => {
    if (isFresh) pane.current?.querySelector<HTMLElement>('[data-reader-title]')?.focus({ preventScroll: true });
  }, [opened, isFresh]);

  const ownPage = (
    <Link
      to="/documents/$id"
      params={{ id: opened.document }}
      search={documentSearch(opened)}
      className={styles.link}
      title={words.ownPage}
    >
      <LinkIcon />
      <VisuallyHidden>{words.ownPage}</VisuallyHidden>
    </Link>
  );

  if (!isWide) {
    return (
      <Dialog
        title={words.label}
        size="full"
        isOpen
        onOpenChange={(isOpen) => {
          if (!isOpen) onClose();
        }}
      >
        <ReaderView opened={opened} live={live} tools={ownPage} />
      </Dialog>
    );
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') onClose();
  };
  return (
    // Escape leaves the pane from anywhere in it; the close button does the same.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <aside ref={pane} className={styles.pane} aria-label={words.label} onKeyDown={onKeyDown}>
      <ReaderView
        opened={opened}
        live={live}
        tools={
          <span className={styles.tools}>
            {ownPage}
            <IconButton label={words.close} icon={<CloseIcon />} onPress={onClose} />
          </span>
        }
      />
    </aside>
  );
}
