// A corpus: how it is kept, what may be done with its text, where it comes from, and every policy that it has had.
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { Button } from '../../parts/Button';
import { EditIcon } from '../../parts/icons';
import { Notice } from '../../parts/Notice';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { Skeleton } from '../../parts/Skeleton';
import { useSession } from '../../session/useSession';
import { useTitle } from '../../shell/useTitle';
import { corpora } from '../../strings/corpora';
import { library } from '../../strings/library';
import { policies as say } from '../../strings/policies';
import styles from '../Desk.module.css';
import { corpusRecordQuery } from '../queries';
import type { CorpusRecord } from '../types';
import { useSaid } from '../useSaid';
import { About } from './About';
import own from './CorpusView.module.css';
import { Health } from './Health';
import { PolicyDialog, type Written } from './PolicyDialog';
import { PolicyHistory } from './PolicyHistory';
import { rightsOf } from './rights';
import { Sources } from './Sources';

export function CorpusPage() {
  const { corpus } = useParams({ from: '/library/corpora/$corpus' });
  const record = useQuery(corpusRecordQuery(corpus));
  useTitle(record.data?.health.corpus.title ?? say.label);
  return (
    <div className={styles.page}>
      <p>
        <Link to="/library" activeOptions={{ exact: true }}>
          {say.all}
        </Link>
      </p>
      {!record.data && <h1>{say.label}</h1>}
      {record.isPending && <Skeleton lines={10} label={say.loading} />}
      {record.isError && (
        <ProblemNotice
          title={say.failed}
          error={record.error}
          actions={<Button onPress={() => void record.refetch()}>{library.retry}</Button>}
        />
      )}
      {record.data && <Told key={corpus} record={record.data} />}
    </div>
  );
}

function Told({ record }: { record: CorpusRecord }) {
  const { health, policies, proposal } = record;
  const [said, setSaid] = useSaid();
  return (
    <>
      <h1>{health.corpus.title}</h1>
      <About health={health} />
      {/* Always there, so that what appears in it is read aloud. */}
      <p role="status" className={styles.said}>
        {said}
      </p>
      {proposal !== null && (
        <div className={own.loud}>
          <Notice
            title={say.proposed}
            actions={
              <Link to="/library/changes/$id" params={{ id: proposal }}>
                {say.toProposal}
              </Link>
            }
          >
            {say.proposedDetail}
          </Notice>
        </div>
      )}
      <section className={styles.section} aria-labelledby="rights">
        <h2 id="rights">{corpora.rights.title}</h2>
        <ul className={own.rights}>
          {rightsOf(health).map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
        <Change record={record} onSaid={setSaid} />
      </section>
      <section className={styles.section} aria-labelledby="health">
        <h2 id="health">{corpora.health.title}</h2>
        <Health health={health} />
      </section>
      <section className={styles.section} aria-labelledby="sources">
        <h2 id="sources">{corpora.runs.title}</h2>
        <Sources health={health} named={record} />
      </section>
      <PolicyHistory policies={policies} />
    </>
  );
}

function Change({ record: { policies, proposal }, onSaid }: { record: CorpusRecord; onSaid: (words: string) => void }) {
  const { mayCurate } = useSession();
  const [isChanging, setChanging] = useState(false);
  const [written, setWritten] = useState<Written | null>(null);
  const [inForce] = policies;
  if (!mayCurate || !inForce) return null;
  return (
    <div className={styles.actions}>
      <Button icon={<EditIcon size={16} />} onPress={() => setChanging(true)}>
        {say.change}
      </Button>
      {isChanging && (
        <PolicyDialog
          base={inForce}
          written={written}
          onWrite={setWritten}
          proposal={proposal}
          onInForce={(number) => {
            setChanging(false);
            onSaid(say.form.inForce(number));
          }}
          onClose={() => setChanging(false)}
        />
      )}
    </div>
  );
}
