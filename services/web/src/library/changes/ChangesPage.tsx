// What is staged, what it would change for readers, and what is proposed.
import { useQuery } from '@tanstack/react-query';
import { Button } from '../../parts/Button';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { Skeleton } from '../../parts/Skeleton';
import { useTitle } from '../../shell/useTitle';
import { act } from '../../strings/act';
import { changes as say } from '../../strings/changes';
import styles from '../Desk.module.css';
import { stagedQuery } from '../queries';
import { GoldenSection } from './GoldenSection';
import { ProposalLists } from './ProposalLists';
import { Propose } from './Propose';
import { StagedView } from './StagedView';

export function ChangesPage() {
  useTitle(say.title);
  const staged = useQuery(stagedQuery);
  return (
    <div className={styles.page}>
      <h1>{say.title}</h1>
      <p className={styles.lead}>{say.lead}</p>
      <section className={styles.section} aria-labelledby="staged">
        <h2 id="staged">{say.staged.title}</h2>
        {staged.isPending && <Skeleton lines={6} label={say.loading} />}
        {staged.isError && (
          <ProblemNotice
            title={say.failed}
            error={staged.error}
            actions={<Button onPress={() => void staged.refetch()}>{act.retry}</Button>}
          />
        )}
        {staged.isSuccess && (
          <>
            <StagedView staged={staged.data} />
            <Propose staged={staged.data} />
          </>
        )}
      </section>
      <GoldenSection staged={staged.data ?? null} />
      <ProposalLists />
    </div>
  );
}
