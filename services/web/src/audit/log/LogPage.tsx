// The log: how it stands, what is in it, and bundles of it.
import { useQuery } from '@tanstack/react-query';
import { Button } from '../../parts/Button';
import { Notice, type Tone } from '../../parts/Notice';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { Skeleton } from '../../parts/Skeleton';
import { useTitle } from '../../shell/useTitle';
import { log as say } from '../../strings/log';
import { BundleForm } from './BundleForm';
import { type LogState, stateQuery } from './calls';
import { Checkpoint } from './Checkpoint';
import { Entries } from './Entries';
import { Keys } from './Keys';
import styles from './Log.module.css';
import { type Health, healthOf } from './state';
import { Summary } from './Summary';
import { Witnesses } from './Witnesses';

export function LogPage() {
  useTitle(say.title);
  const state = useQuery(stateQuery);
  return (
    <div className={styles.page}>
      <h1>{say.title}</h1>
      <p className={styles.lead}>{say.lead}</p>
      {state.isPending && <Skeleton lines={8} label={say.loading} />}
      {state.isError && (
        <ProblemNotice
          title={say.failed}
          error={state.error}
          actions={<Button onPress={() => void state.refetch()}>{say.retry}</Button>}
        />
      )}
      {state.data && <Told state={state.data} />}
      <BundleForm keys={state.data?.keys ?? []} />
      <Entries />
    </div>
  );
}

const tones: Record<Health, Tone> = { well: 'good', alone: 'info', silent: 'warn', shut: 'stop', alarm: 'stop' };

function Told({ state }: { state: LogState }) {
  const health = healthOf(state);
  const { title, detail } = say.health[health];
  return (
    <>
      <Notice tone={tones[health]} title={title} live={tones[health] === 'stop' ? 'alert' : 'status'}>
        {detail}
      </Notice>
      <Summary state={state} />
      <Witnesses state={state} />
      <Keys keys={state.keys} />
      <Checkpoint state={state} />
    </>
  );
}
