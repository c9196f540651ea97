// The head of a document's record: what it is, how it stands and what that means, and what a librarian can do about it.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { documentQuery } from '../../api/keys';
import { Button } from '../../parts/Button';
import { Notice } from '../../parts/Notice';
import { useSession } from '../../session/useSession';
import { documentRecord } from '../../strings/documents';
import { library } from '../../strings/library';
import { dateWords, isPast } from '../../text/dates';
import { documentLinks } from '../../text/links';
import desk from '../Desk.module.css';
import { libraryCorporaQuery, libraryKey, snapshotsQuery } from '../queries';
import { LookedDialog } from '../queue/LookedDialog';
import { ofOverdue } from '../queue/queue';
import { StatusChip } from '../StatusChip';
import type { LibraryDocument, LibraryVersion } from '../types';
import { isStaged } from './facts';
import styles from './Record.module.css';
import { StandingDialog } from './StandingDialog';
import type { Opened } from './state';

const say = documentRecord.head;

interface RecordHeadProps {
  record: LibraryDocument;
  opened: Opened;
  onSaid: (text: string) => void;
}

export function RecordHead({ record, opened, onSaid }: RecordHeadProps) {
  const { version, newest } = opened;
  const open = record.findings.filter((one) => one.settled === null).length;
  const id = record.document;
  return (
    <header className={styles.head}>
      <h1>{version.title.trim() === '' ? documentRecord.label : version.title}</h1>
      <Names record={record} opened={opened} />
      <Standing version={version} />
      {version !== newest && (
        <Notice tone="warn">
          {say.older(newest.number)}{' '}
          <Link to="/library/documents/$id" params={{ id }} search={{}}>
            {say.toNewest}
          </Link>
        </Notice>
      )}
      {version === newest && version.review_by !== null && isPast(version.review_by) && (
        <Notice tone="warn">{say.overdue(dateWords(version.review_by))}</Notice>
      )}
      {open > 0 && opened.view !== 'findings' && (
        <Notice tone="warn">
          {say.findings(open)}{' '}
          <Link
            to="/library/documents/$id"
            params={{ id }}
            search={(kept) => ({ ...kept, view: 'findings' })}
            resetScroll={false}
          >
            {say.toFindings}
          </Link>
        </Notice>
      )}
      <Acts record={record} opened={opened} onSaid={onSaid} />
    </header>
  );
}

function Standing({ version }: { version: LibraryVersion }) {
  const { data: stand } = useQuery(snapshotsQuery);
  const { status } = version;
  const staged = status === 'current' && stand !== undefined && isStaged(version, stand) ? stand.staged : null;
  return (
    <div className={styles.standing}>
      <StatusChip status={status} isStaged={staged !== null} />
      <p>{staged === null ? library.meanings[status] : library.stagedMeans(staged)}</p>
    </div>
  );
}

function Names({ record, opened: { version } }: Pick<RecordHeadProps, 'record' | 'opened'>) {
  const corpora = useQuery(libraryCorporaQuery);
  const corpus = corpora.data?.corpora.find((one) => one.corpus.id === record.corpus)?.corpus;
  // Its identifiers come with its text, where the licence lets that be displayed.
  const { data: held } = useQuery(documentQuery(record.document, version.number));
  const pmcid = held?.metadata.identifiers.pmcid;
  const links = held ? documentLinks(held) : [];
  return (
    <dl className={styles.names}>
      <dt>{say.corpus}</dt>
      <dd>
        <Link to="/library/documents" search={{ corpus: record.corpus }}>
          {corpus?.title ?? record.corpus}
        </Link>
      </dd>
      <dt>{say.name}</dt>
      <dd>{record.name}</dd>
      <dt>{say.id}</dt>
      <dd>
        <code>{record.document}</code>
      </dd>
      {links.map(({ label, text, href }) => (
        <Name key={label} label={label} text={text} href={href} />
      ))}
      {pmcid && <Name label="PMCID" text={pmcid} href={null} />}
    </dl>
  );
}

function Name({ label, text, href }: { label: string; text: string; href: string | null }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>
        {href === null ? (
          text
        ) : (
          <a href={href} target="_blank" rel="noreferrer">
            {text}
          </a>
        )}
      </dd>
    </>
  );
}

function Acts({ record, opened: { version }, onSaid }: RecordHeadProps) {
  const { mayCurate } = useSession();
  const queries = useQueryClient();
  const [asked, setAsked] = useState<'standing' | 'inspection' | null>(null);
  const options = record.standings.find((one) => one.version === version.number)?.to ?? [];
  const id = record.document;
  const close = () => setAsked(null);
  return (
    <div className={desk.actions}>
      {mayCurate && options.length > 0 && (
        <Button onPress={() => setAsked('standing')}>{say.change}</Button>
      )}
      {mayCurate && <Button onPress={() => setAsked('inspection')}>{say.inspect}</Button>}
      <Link to="/documents/$id" params={{ id }} search={{ version: String(version.number) }} className={styles.reader}>
        {say.read}
      </Link>
      {asked === 'standing' && (
        <StandingDialog document={id} version={version} options={options} onClose={close} />
      )}
      {asked === 'inspection' && (
        <LookedDialog
          item={ofOverdue({
            document: id,
            version: version.number,
            corpus: record.corpus,
            title: version.title,
            review_by: version.review_by ?? '',
          })}
          onDone={() => {
            close();
            onSaid(say.inspected);
            void queries.invalidateQueries({ queryKey: libraryKey });
          }}
          onClose={close}
        />
      )}
    </div>
  );
}
