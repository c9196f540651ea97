// The keys of an account: never what they are, but for the one moment in which one is made.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { timeLine } from '../answer/words';
import { ActDialog } from '../parts/ActDialog';
import { Button } from '../parts/Button';
import { Chip } from '../parts/Chip';
import { CheckIcon, PlusIcon, StopIcon } from '../parts/icons';
import { ProblemNotice } from '../parts/ProblemNotice';
import { Skeleton } from '../parts/Skeleton';
import { WideTable } from '../parts/WideTable';
import { accounts } from '../strings/accounts';
import { stateOf } from './accounts';
import styles from './Accounts.module.css';
import { type Account, type Key, keysQuery } from './calls';
import { KeyDialog } from './KeyDialog';
import { useRevoke } from './useAccounts';

const say = accounts.keys;

export function Keys({ account }: { account: Account }) {
  const keys = useQuery(keysQuery(account.id));
  const [isAdding, setAdding] = useState(false);
  return (
    <section className={styles.section}>
      <h2>{say.heading}</h2>
      <p>{say.lead}</p>
      {keys.isPending && <Skeleton lines={3} label={say.loading} />}
      {keys.isError && (
        <ProblemNotice
          title={say.failed}
          error={keys.error}
          actions={<Button onPress={() => void keys.refetch()}>{say.retry}</Button>}
        />
      )}
      {keys.data && <List keys={keys.data} account={account} />}
      <div className={styles.tools}>
        <Button icon={<PlusIcon size={16} />} onPress={() => setAdding(true)}>
          {say.add}
        </Button>
      </div>
      {isAdding && <KeyDialog account={account.id} onClose={() => setAdding(false)} />}
    </section>
  );
}

function List({ keys, account }: { keys: readonly Key[]; account: Account }) {
  const [now] = useState(Date.now);
  const [revoked, setRevoked] = useState<Key | null>(null);
  const revoke = useRevoke(account.id);
  const close = () => setRevoked(null);
  const asking = accounts.revoking;
  const { label, id, made, ends, used, state, act } = say.columns;
  if (keys.length === 0) return <p className={styles.note}>{say.none}</p>;
  return (
    <>
      <WideTable label={say.table} columns={[label, id, made, ends, used, state, act]}>
        {keys.map((key) => (
          <tr key={key.id}>
            <th scope="row" className={styles.name}>
              {key.label}
            </th>
            <td>
              <code>{key.id}</code>
            </td>
            <td>{timeLine(key.created_at)}</td>
            <td>{key.expires_at == null ? say.noEnd : timeLine(key.expires_at)}</td>
            <td>{key.last_used_at == null ? say.never : timeLine(key.last_used_at)}</td>
            <td>
              <State of={key} isDisabled={account.disabled} now={now} />
            </td>
            <td>
              {key.revoked_at == null && (
                <Button size="s" look="danger" aria-label={say.revokeOf(key.label)} onPress={() => setRevoked(key)}>
                  {say.revoke}
                </Button>
              )}
            </td>
          </tr>
        ))}
      </WideTable>
      {revoked && (
        <ActDialog
          title={asking.title}
          size="s"
          act={asking.confirm}
          acting={asking.working}
          failed={asking.failed}
          isDanger
          send={() => revoke.mutateAsync(revoked.id)}
          onDone={close}
          onClose={close}
        >
          <p>{asking.text(revoked.label)}</p>
        </ActDialog>
      )}
    </>
  );
}

function State({ of: key, isDisabled, now }: { of: Key; isDisabled: boolean; now: number }) {
  const state = stateOf(key, isDisabled, now);
  if (state === 'works') {
    return (
      <Chip tone="good" icon={<CheckIcon size={13} />}>
        {say.states.works}
      </Chip>
    );
  }
  return (
    <Chip icon={<StopIcon size={13} />}>
      {state === 'revoked' ? say.revokedAt(timeLine(key.revoked_at ?? '')) : say.states[state]}
    </Chip>
  );
}
