// Two versions of a text, the later held against the earlier.
import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { documentQuery } from '../../api/keys';
import type { HeldDocument } from '../../api/types';
import { Button } from '../../parts/Button';
import { Notice } from '../../parts/Notice';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { Select } from '../../parts/Select';
import { Skeleton } from '../../parts/Skeleton';
import { layout } from '../../reader/layout';
import { literature } from '../../strings';
import { documentRecord } from '../../strings/documents';
import { library } from '../../strings/library';
import { dateWords } from '../../text/dates';
import type { LibraryVersion } from '../types';
import { ChangesView } from './ChangesView';
import { type Change, compareBlocks } from './compare';
import styles from './Differences.module.css';
import { isNotDisplayable, NotDisplayable } from './displayable';

const say = documentRecord.differences;

interface DifferencesProps {
  document: string;
  version: LibraryVersion;
  against: LibraryVersion | null;
  versions: readonly LibraryVersion[];
  onAgainst: (version: number) => void;
}

export function DifferencesView({ document, version, against, versions, onAgainst }: DifferencesProps) {
  if (against === null) return <p>{say.only}</p>;
  const [before, after] = against.number < version.number ? [against, version] : [version, against];
  return (
    <div className={styles.view}>
      <div className={styles.choice}>
        <Select
          label={say.against}
          options={versions
            .filter((one) => one.number !== version.number)
            .map((one) => ({ value: String(one.number), label: nameOf(one) }))}
          value={String(against.number)}
          onChange={(number) => onAgainst(Number(number))}
        />
      </div>
      <h2>{say.between(before.number, after.number)}</h2>
      <Compared key={`${before.number}/${after.number}`} document={document} before={before} after={after} />
    </div>
  );
}

const nameOf = ({ number, published, status }: LibraryVersion): string =>
  say.option(
    number,
    published === null ? documentRecord.versions.undated : dateWords(published),
    literature.statuses[status],
  );

interface ComparedProps {
  document: string;
  before: LibraryVersion;
  after: LibraryVersion;
}

function Compared({ document, before, after }: ComparedProps) {
  const [old, now] = useQueries({
    queries: [documentQuery(document, before.number), documentQuery(document, after.number)],
  });
  const error = old.error ?? now.error;
  if (isNotDisplayable(error)) return <NotDisplayable />;
  if (error) {
    const again = () => {
      if (old.isError) void old.refetch();
      if (now.isError) void now.refetch();
    };
    return (
      <ProblemNotice title={say.failed} error={error} actions={<Button onPress={again}>{library.retry}</Button>} />
    );
  }
  if (!old.data || !now.data) return <Skeleton lines={12} label={say.loading} />;
  return <Told before={old.data} after={now.data} />;
}

function Told({ before, after }: { before: HeldDocument; after: HeldDocument }) {
  const { changes, isWhole } = useMemo(() => compareBlocks(linesOf(before), linesOf(after)), [before, after]);
  const isSame = changes.every((change) => change.is === 'same');
  if (isSame) return <Notice tone="good">{say.same}</Notice>;
  const { removed, inserted, moved } = counted(changes);
  return (
    <>
      <p>{say.counts(removed, inserted, moved)}</p>
      {!isWhole && <Notice tone="warn">{say.coarse}</Notice>}
      <p className={styles.legend}>
        {say.legend} <ins>{say.inserted}</ins> <del>{say.removed}</del>
      </p>
      <ChangesView changes={changes} />
    </>
  );
}

const linesOf = (document: HeldDocument): string[] =>
  layout(document, null).map((piece) => piece.runs.map((run) => run.text).join('').trim());

function counted(changes: readonly Change[]) {
  const changed = changes.filter((change) => change.is === 'changed');
  const removed = changed.flatMap((change) => change.removed);
  const inserted = changed.flatMap((change) => change.inserted);
  const moved = inserted.filter((line) => line.isMoved).length;
  return { removed: removed.length - moved, inserted: inserted.length - moved, moved };
}
