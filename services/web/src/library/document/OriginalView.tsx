// What a version was read from: as text where it is text, else to be saved.
import { useQuery } from '@tanstack/react-query';
import { Button } from '../../parts/Button';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { Skeleton } from '../../parts/Skeleton';
import { documentRecord } from '../../strings/documents';
import { library } from '../../strings/library';
import { originalAddress } from '../calls';
import { originalTextQuery } from '../queries';
import type { LibraryVersion } from '../types';
import { sizeWords } from './size';
import styles from './Text.module.css';

const say = documentRecord.original;

/** More bytes than these are not fetched to be shown, and more characters are not shown: the page would stand still. */
const MAX_BYTES = 8_000_000;
const MAX_SHOWN = 1_000_000;

interface OriginalProps {
  document: string;
  version: LibraryVersion;
}

export function OriginalView({ document, version }: OriginalProps) {
  const { original, number } = version;
  const isShown = original?.is_text === true && original.bytes <= MAX_BYTES;
  return (
    <div className={styles.room}>
      <h2>{say.title}</h2>
      {original === null ? (
        <p>{say.none}</p>
      ) : (
        <>
          <p className={styles.intro}>
            {say.intro} {!original.is_text && say.binary} {original.is_text && !isShown && say.long}
          </p>
          <p>
            <a href={originalAddress(document, number)} download>
              {say.save(sizeWords(original.bytes))}
            </a>
          </p>
          {isShown && <OriginalText document={document} version={number} />}
        </>
      )}
    </div>
  );
}

function OriginalText({ document, version }: { document: string; version: number }) {
  const { data, error, isPending, isError, refetch } = useQuery(originalTextQuery(document, version));
  if (isPending) return <Skeleton lines={12} label={say.loading} />;
  if (isError) {
    return (
      <ProblemNotice
        title={say.failed}
        error={error}
        actions={<Button onPress={() => void refetch()}>{library.retry}</Button>}
      />
    );
  }
  const isCut = data.length > MAX_SHOWN;
  return (
    <>
      {isCut && <p className={styles.intro}>{say.cut(say.characters(MAX_SHOWN))}</p>}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- scrolled by the keyboard, too */}
      <pre className={`${styles.original} ${styles.pane}`} role="region" aria-label={say.label} tabIndex={0}>
        {isCut ? data.slice(0, MAX_SHOWN) : data}
      </pre>
    </>
  );
}
