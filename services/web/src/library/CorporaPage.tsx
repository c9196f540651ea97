// Corpora: by what right each is held, how well it is kept, and when it was last filled.
import { useQuery } from '@tanstack/react-query';
import { Button } from '../parts/Button';
import { Notice } from '../parts/Notice';
import { ProblemNotice } from '../parts/ProblemNotice';
import { Skeleton } from '../parts/Skeleton';
import { useTitle } from '../shell/useTitle';
import { corpora as say } from '../strings/corpora';
import { library } from '../strings/library';
import { CorpusView } from './corpora/CorpusView';
import styles from './Desk.module.css';
import { libraryCorporaQuery } from './queries';

export function CorporaPage() {
  useTitle(say.title);
  const corpora = useQuery(libraryCorporaQuery);
  return (
    <div className={styles.page}>
      <h1>{say.title}</h1>
      <p className={styles.lead}>{say.lead}</p>
      {corpora.isPending && <Skeleton lines={8} label={say.loading} />}
      {corpora.isError && (
        <ProblemNotice
          title={say.failed}
          error={corpora.error}
          actions={<Button onPress={() => void corpora.refetch()}>{library.retry}</Button>}
        />
      )}
      {corpora.data?.corpora.length === 0 && <Notice title={say.empty}>{say.emptyDetail}</Notice>}
      {corpora.data?.corpora.map((health) => (
        <CorpusView key={health.corpus.id} health={health} />
      ))}
    </div>
  );
}
