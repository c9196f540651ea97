// A document as a librarian sees it: its versions, its text beside the original, what was found and decided about it.
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Button } from '../../parts/Button';
import { Notice } from '../../parts/Notice';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { Skeleton } from '../../parts/Skeleton';
import { Tabs } from '../../parts/Tabs';
import { useTitle } from '../../shell/useTitle';
import { documentRecord as say } from '../../strings/documents';
import { library } from '../../strings/library';
import desk from '../Desk.module.css';
import { libraryDocumentQuery } from '../queries';
import type { LibraryDocument } from '../types';
import { useSaid } from '../useSaid';
import { CitedView } from './CitedView';
import { DifferencesView } from './DifferencesView';
import { FindingsView } from './FindingsView';
import { HistoryView } from './HistoryView';
import { PassagesView } from './PassagesView';
import styles from './Record.module.css';
import { RecordHead } from './RecordHead';
import { openedIn, type RecordSearch, views } from './state';
import { TextView } from './TextView';
import { VersionsView } from './VersionsView';

const FROM = '/library/documents/$id';

export function RecordPage() {
  const { id } = useParams({ from: FROM });
  const search = useSearch({ from: FROM });
  const record = useQuery(libraryDocumentQuery(id));
  const title = record.data && openedIn(record.data, search)?.version.title;
  useTitle(title ?? say.label);
  return (
    <div className={styles.page}>
      {record.isPending && <Skeleton lines={10} label={say.loading} />}
      {record.isError && (
        <>
          <h1>{say.label}</h1>
          <ProblemNotice
            title={say.failed}
            error={record.error}
            actions={<Button onPress={() => void record.refetch()}>{library.retry}</Button>}
          />
        </>
      )}
      {record.data && <Told key={id} record={record.data} search={search} />}
    </div>
  );
}

function Told({ record, search }: { record: LibraryDocument; search: RecordSearch }) {
  const navigate = useNavigate({ from: FROM });
  const [said, setSaid] = useSaid();
  const opened = openedIn(record, search);
  if (!opened) return <Notice>{say.noVersion}</Notice>;
  const { version, against, view } = opened;
  const id = record.document;
  const go = (change: { [Name in keyof RecordSearch]: string | undefined }) =>
    void navigate({ search: { ...search, ...change }, replace: true, resetScroll: false });
  const waiting = record.findings.filter((one) => one.settled === null).length;
  return (
    <>
      <RecordHead record={record} opened={opened} onSaid={setSaid} />
      {/* Always there, so that what appears in it is read aloud. */}
      <p role="status" className={desk.said}>
        {said}
      </p>
      {opened.isMissing && <Notice tone="warn">{say.missingVersion(search.version ?? '', version.number)}</Notice>}
      <VersionsView document={id} versions={record.versions} open={version} view={search.view} />
      <Tabs
        label={say.views.label}
        tabs={views.map((one) => ({ id: one, label: say.views[one], ...(one === 'findings' ? { waiting } : {}) }))}
        open={view}
        onOpen={(next) => go({ view: next })}
      >
        {view === 'text' && <TextView document={id} version={version} search={search} onTurn={go} />}
        {view === 'differences' && (
          <DifferencesView
            document={id}
            version={version}
            against={against}
            versions={record.versions}
            onAgainst={(number) => go({ against: String(number) })}
          />
        )}
        {view === 'passages' && <PassagesView document={id} version={version} />}
        {view === 'findings' && <FindingsView findings={record.findings} onSaid={setSaid} />}
        {view === 'history' && <HistoryView decisions={record.decisions} />}
        {view === 'answers' && <CitedView document={id} />}
      </Tabs>
    </>
  );
}
