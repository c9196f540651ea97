// Corpora: by what right each is held, how well it is kept, and when it was last filled.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../parts/Button';
import { PlusIcon } from '../parts/icons';
import { Notice } from '../parts/Notice';
import { ProblemNotice } from '../parts/ProblemNotice';
import { Skeleton } from '../parts/Skeleton';
import { useSession } from '../session/useSession';
import { useTitle } from '../shell/useTitle';
import { corpora as say } from '../strings/corpora';
import { library } from '../strings/library';
import { policies } from '../strings/policies';
import { CorpusView } from './corpora/CorpusView';
import { PolicyDialog, type Written } from './corpora/PolicyDialog';
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
      {corpora.data && <Add taken={corpora.data.corpora.map(({ corpus }) => corpus.id)} />}
      {corpora.data?.corpora.length === 0 && <Notice title={say.empty}>{say.emptyDetail}</Notice>}
      {corpora.data?.corpora.map((health) => (
        <CorpusView key={health.corpus.id} health={health} />
      ))}
    </div>
  );
}

function Add({ taken }: { taken: readonly string[] }) {
  const { mayCurate } = useSession();
  const [isAdding, setAdding] = useState(false);
  const [written, setWritten] = useState<Written | null>(null);
  if (!mayCurate) return null;
  const close = () => setAdding(false);
  return (
    <div className={styles.actions}>
      <Button icon={<PlusIcon size={16} />} onPress={() => setAdding(true)}>
        {policies.add}
      </Button>
      {isAdding && (
        <PolicyDialog
          base={null}
          written={written}
          onWrite={setWritten}
          taken={taken}
          onInForce={close}
          onClose={close}
        />
      )}
    </div>
  );
}
