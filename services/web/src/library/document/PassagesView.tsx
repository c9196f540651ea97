// The passages of a version: where each stands, and whether it is in force.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Button } from '../../parts/Button';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { Skeleton } from '../../parts/Skeleton';
import { VisuallyHidden } from '../../parts/VisuallyHidden';
import { WideTable } from '../../parts/WideTable';
import { documentRecord } from '../../strings/documents';
import { library } from '../../strings/library';
import { pages } from '../../strings/pages';
import { passagesQuery } from '../queries';
import type { LibraryPassage, LibraryVersion } from '../types';
import styles from './Record.module.css';

const say = documentRecord.passages;
const { open: opens, ...headings } = say.columns;
const columns = [...Object.values(headings), opens];

/** Rows that are shown at first, and with each press of the button. */
const STEP = 200;

interface PassagesViewProps {
  document: string;
  version: LibraryVersion;
}

export function PassagesView({ document, version: { number: version, original } }: PassagesViewProps) {
  const { data, error, isPending, isError, refetch } = useQuery(passagesQuery(document, version));
  if (isPending) return <Skeleton lines={8} label={say.loading} />;
  if (isError) {
    return (
      <ProblemNotice
        title={say.failed}
        error={error}
        actions={<Button onPress={() => void refetch()}>{library.retry}</Button>}
      />
    );
  }
  if (data.passages.length === 0) return <p>{say.none}</p>;
  const hasPages = original !== null && typeof original.pages === 'number';
  return <Listed key={version} document={document} version={version} passages={data.passages} hasPages={hasPages} />;
}

interface ListedProps {
  document: string;
  version: number;
  passages: readonly LibraryPassage[];
  /** Each can be seen beside the page that it stands on. */
  hasPages: boolean;
}

function Listed({ document, version, passages, hasPages }: ListedProps) {
  const [shown, setShown] = useState(STEP);
  const left = passages.length - shown;
  return (
    <>
      <h2 className={styles.heading}>{say.label(version)}</h2>
      <WideTable label={say.label(version)} columns={columns}>
        {passages.slice(0, shown).map(({ id, start, end, section, page, is_in_force }, at) => (
          <tr key={id}>
            <td>{at + 1}</td>
            <td className={styles.section}>{section.length === 0 ? say.noSection : section.join(' › ')}</td>
            <td>{page ?? say.noSection}</td>
            <td>{say.place(start, end)}</td>
            <td>{is_in_force ? say.yes : say.no}</td>
            <td>
              <Link
                to="/documents/$id"
                params={{ id: document }}
                search={{ version: String(version), start: String(start), end: String(end) }}
              >
                {say.open}
                <VisuallyHidden>{say.openOf(at + 1)}</VisuallyHidden>
              </Link>
              {hasPages && (
                <>
                  {' · '}
                  <Link
                    to="/library/documents/$id"
                    params={{ id: document }}
                    search={{ version: String(version), view: 'text', ...(page === null ? {} : { page: String(page) }), passage: id }}
                    resetScroll={false}
                  >
                    {pages.passages.onPage}
                    <VisuallyHidden>{say.openOf(at + 1)}</VisuallyHidden>
                  </Link>
                </>
              )}
            </td>
          </tr>
        ))}
      </WideTable>
      <p className={styles.more}>
        {say.shown(Math.min(shown, passages.length), passages.length)}{' '}
        {left > 0 && (
          <Button size="s" onPress={() => setShown(shown + STEP)}>
            {say.more(Math.min(left, STEP))}
          </Button>
        )}
      </p>
    </>
  );
}
