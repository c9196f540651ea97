// The text of a version with the bounds of its passages, beside what it was read from: so that one sees what was lost.
import { useMemo, useState } from 'react';
import type { HeldDocument } from '../../api/types';
import { Button } from '../../parts/Button';
import { documentRecord } from '../../strings/documents';
import type { LibraryPassage, LibraryVersion } from '../types';
import { BlockView } from './BlockView';
import { cutText } from './cut';
import { HeldText } from './HeldText';
import { OriginalView } from './OriginalView';
import type { PageSearch } from './pages';
import { PagesView } from './PagesView';
import type { RecordSearch } from './state';
import styles from './Text.module.css';

const say = documentRecord.text;

interface TextViewProps {
  document: string;
  version: LibraryVersion;
  search: RecordSearch;
  onTurn: (to: PageSearch) => void;
}

export function TextView({ document: id, version, search, onTurn }: TextViewProps) {
  const { number, original } = version;
  if (original !== null && original.pages !== null) {
    const { bytes, pages } = original;
    return <PagesView document={id} version={number} bytes={bytes} last={pages} search={search} onTurn={onTurn} />;
  }
  const isBeside = original?.is_text === true;
  return (
    <div className={isBeside ? styles.beside : styles.alone}>
      <div className={styles.room}>
        <h2>{say.label(number)}</h2>
        <HeldText document={id} version={number}>
          {(held, passages) => (
            <>
              <p className={styles.intro}>{say.intro}</p>
              <Canonical document={held} passages={passages} isBounded={isBeside} />
            </>
          )}
        </HeldText>
      </div>
      <OriginalView document={id} version={version} />
    </div>
  );
}

interface CanonicalProps {
  document: HeldDocument;
  /** Null where they could not be had. */
  passages: readonly LibraryPassage[] | null;
  /** It scrolls for itself, beside another. */
  isBounded: boolean;
}

/** Blocks that are shown at first, and with each press of the button. */
const STEP = 2000;

function Canonical({ document, passages, isBounded }: CanonicalProps) {
  const cuts = useMemo(() => cutText(document, passages ?? []), [document, passages]);
  const [count, setCount] = useState(STEP);
  const left = cuts.length - count;
  const shown = (
    <>
      {cuts.slice(0, count).map((cut, at) => (
        <BlockView key={at} cut={cut} knowsPassages={passages !== null} />
      ))}
      {left > 0 && (
        <p className={styles.intro}>
          {say.shown(count, cuts.length)}{' '}
          <Button size="s" onPress={() => setCount(count + STEP)}>
            {say.more(Math.min(left, STEP))}
          </Button>
        </p>
      )}
    </>
  );
  if (!isBounded) return <div className={styles.text}>{shown}</div>;
  return (
    // What scrolls for itself must be scrolled by the keyboard, too.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={`${styles.text} ${styles.pane}`} role="region" aria-label={say.label(document.version)} tabIndex={0}>
      {shown}
    </div>
  );
}
