// A page of a file as a picture, in a box that is scrolled; why it cannot be shown, where it cannot.
import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, type RefObject, useEffect, useState } from 'react';
import { Button } from '../../parts/Button';
import type { Option } from '../../parts/Choice';
import { Notice } from '../../parts/Notice';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { Skeleton } from '../../parts/Skeleton';
import { library } from '../../strings/library';
import { pages as say } from '../../strings/pages';
import { pageProblemQuery } from '../queries';
import styles from './Pages.module.css';

export type Zoom = keyof typeof say.zooms;
export const zooms: readonly Option<Zoom>[] = (Object.keys(say.zooms) as Zoom[]).map((value) => ({ value, label: say.zooms[value] }));

interface PictureProps {
  address: string;
  page: number;
  zoom: Zoom;
  regionRef: RefObject<HTMLDivElement | null>;
  onTurn: (by: 1 | -1) => void;
}

export function Picture({ address, page, zoom, regionRef, onTurn }: PictureProps) {
  // Each try is another image: a browser does not fetch anew one that has failed.
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    if (regionRef.current) regionRef.current.scrollTop = 0;
  }, [address, regionRef]);

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const box = event.currentTarget;
    // The keys of whatever stands in it are its own.
    if (event.target !== box || event.ctrlKey || event.metaKey || event.altKey) return;
    const isAtEnd = box.scrollTop + box.clientHeight >= box.scrollHeight - 1;
    const by = event.key === 'PageDown' && isAtEnd ? 1 : event.key === 'PageUp' && box.scrollTop <= 0 ? -1 : null;
    if (by === null) return;
    event.preventDefault();
    onTurn(by);
  };

  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a second way to turn the page, beside the buttons
    <div
      ref={regionRef}
      className={styles.pane}
      role="region"
      aria-label={say.picture}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- scrolled by the keyboard, too
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <Sheet
        key={`${address} ${attempt}`}
        address={address}
        attempt={attempt}
        page={page}
        zoom={zoom}
        onRetry={() => {
          setAttempt(attempt + 1);
          // The button is gone.
          regionRef.current?.focus();
        }}
      />
    </div>
  );
}

interface SheetProps extends Pick<PictureProps, 'address' | 'page' | 'zoom'> {
  attempt: number;
  onRetry: () => void;
}

function Sheet({ address, attempt, page, zoom, onRetry }: SheetProps) {
  /** Its own width in pixels, once it is there. */
  const [width, setWidth] = useState<number | null>(null);
  const [hasFailed, setFailed] = useState(false);
  if (hasFailed) return <Failure address={address} attempt={attempt} page={page} onRetry={onRetry} />;
  const style = width === null || zoom === 'fit' ? {} : { width: `${width * (zoom === 'double' ? 2 : 1)}px` };
  return (
    <div className={styles.sheet} style={style} {...(width === null ? { 'data-coming': true, 'aria-busy': true } : {})}>
      <img
        src={address}
        alt={say.alt(page)}
        loading="lazy"
        decoding="async"
        className={styles.image}
        onLoad={(event) => setWidth(event.currentTarget.naturalWidth)}
        onError={() => setFailed(true)}
      />
    </div>
  );
}

/** An image is not told why it does not come: the same is asked for once more, and its refusal read. */
function Failure({ address, attempt, page, onRetry }: Omit<SheetProps, 'zoom'>) {
  const { error, isPending, isError } = useQuery(pageProblemQuery(address, attempt));
  const retry = <Button onPress={onRetry}>{library.retry}</Button>;
  if (isPending) return <Skeleton lines={2} label={say.looking} />;
  if (isError) return <ProblemNotice title={say.failed(page)} error={error} actions={retry} />;
  return (
    <Notice tone="stop" title={say.failed(page)} live="alert" actions={retry}>
      {say.broken}
    </Notice>
  );
}
