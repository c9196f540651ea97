// The document that is recalled, and how it stands now.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { documentQuery } from '../../api/keys';
import { Refused } from '../../api/problem';
import type { DocumentView } from '../../api/types';
import { Chip } from '../../parts/Chip';
import { Fact, Facts } from '../../parts/Facts';
import { AlertIcon } from '../../parts/icons';
import { Skeleton } from '../../parts/Skeleton';
import { standingOf } from '../../reader/standing';
import { recall } from '../../strings/recall';
import type { Wanted } from './calls';
import styles from './Recall.module.css';

const say = recall.document;

export type Standing = Pick<DocumentView['versions'][number], 'number' | 'status' | 'is_in_force'>;

/** Of the version that is recalled, or of all. */
export function standingsOf({ versions }: DocumentView, { version }: Wanted): Standing[] {
  return version === null ? versions : versions.filter(({ number }) => number === version);
}

export function Standing({ wanted }: { wanted: Wanted }) {
  const { data, error, isPending } = useQuery(documentQuery(wanted.document, wanted.version));
  return (
    <section className={styles.section}>
      <h2>{say.heading}</h2>
      {isPending && <Skeleton lines={2} label={say.loading} />}
      {data && (
        <p className={styles.name}>
          <cite>{data.title}</cite>, {data.issuer}
        </p>
      )}
      {error && <p>{whyUnknown(error)}</p>}
      <Facts>
        <Fact name={say.id}>
          <code>{wanted.document}</code>
        </Fact>
        <Fact name={say.version}>{wanted.version ?? say.allVersions}</Fact>
        {data && (
          <Fact name={say.standing}>
            <ul className={styles.standings}>
              {standingsOf(data, wanted).map((one) => (
                <li key={one.number}>
                  {one.status === 'current' ? (
                    say.standingOf(one.number, standingOf(one))
                  ) : (
                    <Chip tone={tones[one.status] ?? 'stop'} icon={<AlertIcon size={13} />}>
                      {say.standingOf(one.number, standingOf(one))}
                    </Chip>
                  )}
                </li>
              ))}
            </ul>
          </Fact>
        )}
      </Facts>
      <p className={styles.links} data-no-print>
        {data && (
          <Link to="/documents/$id" params={{ id: wanted.document }} search={versionOf(wanted)}>
            {say.read}
          </Link>
        )}
        {!isUnknown(error) && (
          <Link to="/library/documents/$id" params={{ id: wanted.document }} search={versionOf(wanted)}>
            {say.library}
          </Link>
        )}
      </p>
    </section>
  );
}

const tones: Partial<Record<Standing['status'], 'info' | 'warn'>> = { superseded: 'info', corrected: 'info', expired: 'warn' };

const versionOf = ({ version }: Wanted) => (version === null ? {} : { version: String(version) });

const isUnknown = (error: unknown) => error instanceof Refused && error.problem.status === 404;

function whyUnknown(error: unknown): string {
  if (isUnknown(error)) return say.unknown;
  return error instanceof Refused && error.problem.code === 'not_displayable' ? say.withheld : say.failed;
}
