// The text of a version with the bounds of its passages, beside what it was read from: so that one sees what was lost.
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { documentQuery } from '../../api/keys';
import type { HeldDocument } from '../../api/types';
import { Button } from '../../parts/Button';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { Skeleton } from '../../parts/Skeleton';
import { documentRecord } from '../../strings/documents';
import { library } from '../../strings/library';
import { passagesQuery } from '../queries';
import type { LibraryPassage, LibraryVersion } from '../types';
import { type Cut, cutText, type Run } from './cut';
import { isNotDisplayable, NotDisplayable } from './displayable';
import { OriginalView } from './OriginalView';
import styles from './Text.module.css';

const say = documentRecord.text;

interface TextViewProps {
  document: string;
  version: LibraryVersion;
}

export function TextView({ document: id, version }: TextViewProps) {
  const held = useQuery(documentQuery(id, version.number));
  const passages = useQuery(passagesQuery(id, version.number));
  const isBeside = version.original?.is_text === true;
  return (
    <div className={isBeside ? styles.beside : styles.alone}>
      <div className={styles.room}>
        <h2>{say.label(version.number)}</h2>
        {held.isPending && <Skeleton lines={12} label={say.loading} />}
        {held.isError &&
          (isNotDisplayable(held.error) ? (
            <NotDisplayable />
          ) : (
            <ProblemNotice
              title={say.failed}
              error={held.error}
              actions={<Button onPress={() => void held.refetch()}>{library.retry}</Button>}
            />
          ))}
        {held.data && (
          <>
            <p className={styles.intro}>{say.intro}</p>
            {passages.isError && (
              <ProblemNotice
                title={say.passagesFailed}
                error={passages.error}
                actions={<Button onPress={() => void passages.refetch()}>{library.retry}</Button>}
              />
            )}
            {passages.isPending ? (
              <Skeleton lines={12} label={say.loading} />
            ) : (
              <Canonical document={held.data} passages={passages.data?.passages ?? null} isBounded={isBeside} />
            )}
          </>
        )}
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

function BlockView({ cut: { kind, level, page, isCovered, runs }, knowsPassages }: { cut: Cut; knowsPassages: boolean }) {
  const first = runs.findIndex((run) => run.is === 'text');
  // Bounds before the first words stand above the block: they are no part of a heading.
  const [above, within] = first < 0 ? [runs, []] : [runs.slice(0, first), runs.slice(first)];
  const words = within.map((run, at) => (run.is === 'text' ? run.text : <Edge key={at} run={run} />));
  const Heading = level <= 1 ? 'h3' : level === 2 ? 'h4' : 'h5';
  return (
    <div className={styles.block} data-kind={kind}>
      <p className={styles.kind}>
        {say.kinds[kind]}
        {page !== null && `, ${say.page(page)}`}
        {knowsPassages && !isCovered && <span className={styles.uncovered}>{say.uncovered}</span>}
      </p>
      <div className={styles.words}>
        {above.length > 0 && (
          <p className={styles.edges}>
            {above.map((run, at) => run.is !== 'text' && <Edge key={at} run={run} />)}
          </p>
        )}
        {kind === 'heading' ? <Heading>{words}</Heading> : <p>{words}</p>}
      </div>
    </div>
  );
}

function Edge({ run }: { run: Exclude<Run, { is: 'text' }> }) {
  if (run.is === 'end') return <span className={styles.edge}>{say.ends(run.n)}</span>;
  const { page, is_in_force } = run.passage;
  return (
    <span className={`${styles.edge} ${is_in_force ? '' : styles.idle}`}>
      {[say.begins(run.n), page === null ? '' : say.page(page), is_in_force ? say.inForce : say.notInForce]
        .filter(Boolean)
        .join(', ')}
    </span>
  );
}
