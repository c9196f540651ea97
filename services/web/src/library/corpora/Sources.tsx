// Where a corpus comes from: when it was last filled, and a way to look at its sources now.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Button } from '../../parts/Button';
import { RetryIcon } from '../../parts/icons';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { Time } from '../../parts/Time';
import { VisuallyHidden } from '../../parts/VisuallyHidden';
import { useSession } from '../../session/useSession';
import { corpora } from '../../strings/corpora';
import { policies } from '../../strings/policies';
import { refreshCorpus } from '../calls';
import styles from '../Desk.module.css';
import { nameOf } from '../people';
import { libraryKey } from '../queries';
import type { CorpusHealth, CorpusRecord } from '../types';
import own from './CorpusView.module.css';

const say = corpora.runs;

interface SourcesProps {
  health: CorpusHealth;
  /** Where each of them is named. */
  named?: Pick<CorpusRecord, 'sources' | 'refresh'>;
}

export function Sources({ health: { corpus, sources, last_run }, named }: SourcesProps) {
  const { mayCurate } = useSession();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const refresh = useMutation({
    mutationFn: () => refreshCorpus(corpus.id),
    onSuccess: async () => {
      void queries.invalidateQueries({ queryKey: libraryKey });
      await navigate({ to: '/library/ingest', search: { corpus: corpus.id } });
    },
    retry: false,
  });
  return (
    <div className={own.source}>
      {last_run === null && <p>{say.none}</p>}
      {last_run && (
        <p>
          {say.last} <Time at={last_run.at} />
          {say.by(nameOf(last_run.actor))}: {say.counts(last_run.documents)}.{' '}
          <Link to="/library/ingest" search={{ run: String(last_run.id) }}>
            {say.open}
            <VisuallyHidden>{say.openOf(corpus.title)}</VisuallyHidden>
          </Link>
        </p>
      )}
      <p className={styles.quiet}>{sources === 0 ? say.noSources : say.sources(sources)}</p>
      {named && named.sources.length > 0 && (
        <ul aria-label={policies.namedSources} className={own.rights}>
          {named.sources.map((source, at) => (
            <li key={at} className={styles.title}>
              {source}
            </li>
          ))}
        </ul>
      )}
      {named?.refresh && <p className={styles.quiet}>{policies.refresh(named.refresh)}</p>}
      {mayCurate && sources > 0 && (
        // Not disabled while it is sending: it would lose the focus, and the keyboard with it.
        <Button
          icon={<RetryIcon size={16} />}
          onPress={() => {
            if (!refresh.isPending) refresh.mutate();
          }}
        >
          {refresh.isPending ? say.refreshing : say.refresh}
          <VisuallyHidden>{say.refreshOf(corpus.title)}</VisuallyHidden>
        </Button>
      )}
      {refresh.isError && (
        <ProblemNotice
          title={say.failed}
          error={refresh.error}
          actions={
            <Link to="/library/ingest" search={{ corpus: corpus.id }}>
              {say.toIngest}
            </Link>
          }
        />
      )}
    </div>
  );
}
