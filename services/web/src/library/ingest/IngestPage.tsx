// Documents on their way in: what is sent, how far it is, and what came of it.
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { Button } from '../../parts/Button';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { Skeleton } from '../../parts/Skeleton';
import { useSession } from '../../session/useSession';
import { useTitle } from '../../shell/useTitle';
import { act } from '../../strings/act';
import { ingest as say } from '../../strings/ingest';
import styles from '../Desk.module.css';
import { ingestsQuery, libraryCorporaQuery } from '../queries';
import { useCorpusTitles } from '../useCorpusTitles';
import { Live } from './Live';
import { NewFiles } from './NewFiles';
import { Report } from './Report';
import { Runs } from './Runs';
import { isOver } from './watched';

/** How often is looked whether somebody else has begun. */
const LOOK_MS = 15_000;

export function IngestPage() {
  useTitle(say.title);
  const { mayCurate } = useSession();
  const navigate = useNavigate();
  const { corpus = null, run } = useSearch({ from: '/library/ingest' });
  const opened = run !== undefined && /^\d{1,15}$/.test(run) ? Number(run) : null;
  const corpora = useQuery(libraryCorporaQuery);
  const titleOf = useCorpusTitles();
  const ingests = useQuery({ ...ingestsQuery, refetchInterval: LOOK_MS });
  const current = ingests.data?.ingests.find((one) => !isOver(one)) ?? null;

  // One that was seen in work stays in sight when it is over.
  const [watched, setWatched] = useState<{ id: string; isOwn: boolean } | null>(null);
  if (current && current.id !== watched?.id) setWatched({ id: current.id, isOwn: false });

  const go = (search: { corpus?: string | null; run?: number | null }) => {
    const next = { corpus, run: opened, ...search };
    void navigate({
      to: '/library/ingest',
      search: {
        ...(next.corpus === null ? {} : { corpus: next.corpus }),
        ...(next.run === null ? {} : { run: String(next.run) }),
      },
      replace: true,
      resetScroll: false,
    });
  };

  return (
    <div className={styles.page}>
      <h1>{say.title}</h1>
      <p className={styles.lead}>{say.lead}</p>
      {watched && (
        <Live
          key={watched.id}
          id={watched.id}
          isOwn={watched.isOwn}
          titleOf={titleOf}
          onOver={(ended) => {
            if (ended !== null && opened === null) go({ run: ended });
          }}
        />
      )}
      {opened !== null && <Report key={opened} id={opened} titleOf={titleOf} onClose={() => go({ run: null })} />}
      {mayCurate ? (
        <NewFiles
          corpora={corpora}
          corpus={corpus}
          isInWork={current !== null}
          onCorpus={(chosen) => go({ corpus: chosen })}
          onBegun={({ id }) => {
            setWatched({ id, isOwn: true });
            go({ run: null });
          }}
        />
      ) : (
        <p className={styles.note}>{say.mayNot}</p>
      )}
      <section className={styles.section} aria-labelledby="earlier-runs">
        <h2 id="earlier-runs">{say.earlier.title}</h2>
        {ingests.isPending && <Skeleton lines={4} />}
        {ingests.isError && (
          <ProblemNotice
            title={say.earlier.failed}
            error={ingests.error}
            actions={<Button onPress={() => void ingests.refetch()}>{act.retry}</Button>}
          />
        )}
        {ingests.isSuccess && <Runs runs={ingests.data.runs} opened={opened} titleOf={titleOf} />}
      </section>
    </div>
  );
}
