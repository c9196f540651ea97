// The versions of a document, the newest first, and what is known of the one that is open.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Disclosure } from '../../parts/Disclosure';
import { Fact, Facts } from '../../parts/Facts';
import { documentRecord } from '../../strings/documents';
import { dateWords } from '../../text/dates';
import { snapshotsQuery } from '../queries';
import { StatusChip } from '../StatusChip';
import type { LibraryVersion, Snapshots } from '../types';
import desk from '../Desk.module.css';
import { forceWords, isStaged, scoreWords } from './facts';
import styles from './Record.module.css';

const say = documentRecord.versions;

interface VersionsProps {
  document: string;
  versions: readonly LibraryVersion[];
  open: LibraryVersion;
  /** Of the address: it stays open for the other version. */
  view: string | undefined;
}

export function VersionsView({ document, versions, open, view }: VersionsProps) {
  const { data: stand } = useQuery(snapshotsQuery);
  return (
    <section aria-labelledby="versions" className={styles.versions}>
      <div>
        <h2 id="versions" className={styles.heading}>
          {say.title}
        </h2>
        <ol className={styles.list}>
          {versions.map((one, at) => (
            <li key={one.number}>
              <Link
                to="/library/documents/$id"
                params={{ id: document }}
                search={{ version: String(one.number), ...(view === undefined ? {} : { view }) }}
                resetScroll={false}
                {...(one === open ? { 'aria-current': true } : {})}
              >
                {say.name(one.number)}
              </Link>
              <StatusChip status={one.status} isStaged={stand !== undefined && isStaged(one, stand)} />
              <span className={styles.quiet}>
                {one.published === null ? say.undated : dateWords(one.published)}
                {at === 0 && versions.length > 1 && `, ${say.newest}`}
              </span>
            </li>
          ))}
        </ol>
      </div>
      <div>
        <h3 className={styles.heading}>{say.about(open.number)}</h3>
        <Known version={open} stand={stand} />
      </div>
    </section>
  );
}

function Known({ version, stand }: { version: LibraryVersion; stand: Snapshots | undefined }) {
  const { quality } = version;
  const day = (date: string | null) => (date === null ? say.none : dateWords(date));
  return (
    <>
      <Facts>
        <Fact name={say.published}>{day(version.published)}</Fact>
        <Fact name={say.effective}>{day(version.effective)}</Fact>
        <Fact name={say.review}>{day(version.review_by)}</Fact>
        <Fact name={say.expires}>{day(version.expires)}</Fact>
        <Fact name={say.passages}>{version.passages.toLocaleString('en')}</Fact>
        <Fact name={say.inForce}>{forceWords(version.in_force, stand)}</Fact>
        <Fact name={say.quality} isWide>
          {quality === null ? (
            say.unmeasured
          ) : (
            <>
              {say.score(scoreWords(quality.score))}
              {quality.defects.length === 0 ? (
                <p>{say.noDefects}</p>
              ) : (
                <ul className={styles.defects}>
                  {quality.defects.map(({ kind, times }) => (
                    <li key={kind}>{say.defect(kind, times)}</li>
                  ))}
                </ul>
              )}
            </>
          )}
        </Fact>
      </Facts>
      <Disclosure title={say.origin} level={4}>
        <Facts>
          <Fact name={say.source}>{version.source_name}</Fact>
          <Fact name={say.parser}>{version.parser}</Fact>
          <Fact name={say.sha256} isWide>
            <code className={desk.hash}>{version.sha256}</code>
          </Fact>
          <Fact name={say.sourceSha256} isWide>
            <code className={desk.hash}>{version.source_sha256}</code>
          </Fact>
        </Facts>
      </Disclosure>
    </>
  );
}
