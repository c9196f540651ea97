// A PDF page by page: its text, and beside it the page as it came.
import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { documentQuery } from '../../api/keys';
import { Notice } from '../../parts/Notice';
import { Select } from '../../parts/Select';
import { Skeleton } from '../../parts/Skeleton';
import { documentRecord } from '../../strings/documents';
import { pages as say } from '../../strings/pages';
import { originalAddress, pageAddress } from '../calls';
import { passagesQuery } from '../queries';
import { isNotDisplayable } from './displayable';
import { HeldText } from './HeldText';
import { openedPage, type PageSearch } from './pages';
import styles from './Pages.module.css';
import { PageText } from './PageText';
import { PageTools } from './PageTools';
import { Picture, type Zoom, zooms } from './Picture';
import { sizeWords } from './size';
import type { RecordSearch } from './state';
import shared from './Text.module.css';

interface PagesViewProps {
  document: string;
  version: number;
  bytes: number;
  /** The number of the last page that has text. */
  last: number;
  search: RecordSearch;
  onTurn: (to: PageSearch) => void;
}

export function PagesView({ document, version, bytes, last, search, onTurn }: PagesViewProps) {
  const passages = useQuery(passagesQuery(document, version));
  // Fetched where it is shown.
  const held = useQuery({ ...documentQuery(document, version), enabled: false });
  const isWithheld = isNotDisplayable(held.error);
  const [zoom, setZoom] = useState<Zoom>('fit');
  const picture = useRef<HTMLDivElement>(null);
  // On which page it stands is not known yet.
  if (search.page === undefined && search.passage !== undefined && passages.isPending) {
    return <Skeleton lines={12} label={documentRecord.text.loading} />;
  }
  const { page, isMissing } = openedPage(search, last, passages.data?.passages ?? []);
  const turnTo = (to: number) => {
    // A passage that is chosen stays so: it may go on over the page.
    if (to >= 1 && to <= last && to !== page) onTurn({ page: String(to), passage: search.passage });
  };
  return (
    <div className={styles.view}>
      <PageTools
        page={page}
        last={last}
        onTurn={(to) => {
          turnTo(to);
          // The button that turns further is shut there, and would take the focus with it.
          if (to === 1 || to === last) picture.current?.focus({ preventScroll: true });
        }}
      />
      {isMissing && <Notice tone="warn">{say.missing(search.page ?? '', page)}</Notice>}
      <div className={styles.beside}>
        <div className={shared.room}>
          <h2>{say.text(page)}</h2>
          <HeldText document={document} version={version}>
            {(held, known) => (
              <PageText held={held} passages={known} page={page} chosen={search.passage ?? null} onTurn={onTurn} />
            )}
          </HeldText>
        </div>
        <div className={shared.room}>
          <h2>{documentRecord.original.title}</h2>
          <p className={shared.intro}>{isWithheld ? say.keepersAlone : say.pictureIntro}</p>
          <div className={styles.line}>
            <a href={originalAddress(document, version)} download>
              {documentRecord.original.save(sizeWords(bytes))}
            </a>
            <Select label={say.zoom} options={zooms} value={zoom} onChange={setZoom} />
          </div>
          <Picture
            address={pageAddress(document, version, page)}
            page={page}
            zoom={zoom}
            regionRef={picture}
            onTurn={(by) => turnTo(page + by)}
          />
          <p className={shared.intro}>{say.keys}</p>
        </div>
      </div>
    </div>
  );
}
