// One account: what it may do, how it signs in, and its keys.
import { useState } from 'react';
import { timeLine } from '../answer/words';
import { Button } from '../parts/Button';
import { Checks } from '../parts/Checks';
import { Fact, Facts } from '../parts/Facts';
import { Notice } from '../parts/Notice';
import { ProblemNotice } from '../parts/ProblemNotice';
import { useArrival } from '../parts/useArrival';
import type { Role } from '../session/types';
import { useSession } from '../session/useSession';
import { accounts as say } from '../strings/accounts';
import { States } from './AccountList';
import { isLastAdmin, listOf, nameOf, roleOptions } from './accounts';
import styles from './Accounts.module.css';
import type { Account } from './calls';
import { Confirm } from './Confirm';
import { Keys } from './Keys';
import { NewPasswordDialog } from './NewPasswordDialog';
import { useChange } from './useAccounts';

interface AccountViewProps {
  account: Account;
  /** All of them: one must stay that can manage the others. */
  accounts: readonly Account[];
}

export function AccountView({ account, accounts }: AccountViewProps) {
  const { session } = useSession();
  const isOwn = session?.account?.id === account.id;
  const isLast = isLastAdmin(accounts, account);
  return (
    <>
      <p className={styles.lead}>
        {account.name} {isOwn && say.you} <States account={account} />
      </p>
      <Roles account={account} isOwn={isOwn} isLast={isLast} />
      <Access account={account} isOwn={isOwn} isLast={isLast} />
      <Keys account={account} />
    </>
  );
}

interface PartProps {
  account: Account;
  isOwn: boolean;
  isLast: boolean;
}

function Roles({ account, isOwn, isLast }: PartProps) {
  const [chosen, setChosen] = useState<readonly Role[]>(account.roles);
  const [isAsking, setAsking] = useState(false);
  const change = useChange(account);
  const gains = chosen.filter((role) => !account.roles.includes(role));
  const loses = account.roles.filter((role) => !chosen.includes(role));
  const isChanged = gains.length + loses.length > 0;
  const losesAdmin = loses.includes('admin');
  return (
    <section className={styles.section}>
      <h2>{say.roles}</h2>
      <Checks label={say.new.roles} options={roleOptions} value={chosen} onChange={setChosen} />
      <div className={styles.tools}>
        <Button isDisabled={!isChanged} onPress={() => setAsking(true)}>
          {say.one.saveRoles}
        </Button>
        <span role="status" className={styles.note}>
          {isChanged ? '' : change.isSuccess ? say.one.saved : say.one.unchanged}
        </span>
      </div>
      {isAsking && (
        <Confirm
          words={say.changeRoles}
          warnings={[...(losesAdmin && isOwn ? [say.self.roles] : []), ...(losesAdmin && isLast ? [say.lastAdmin] : [])]}
          isDanger={losesAdmin}
          work={change}
          onConfirm={() => change.mutate(() => ({ roles: [...chosen] }), { onSuccess: () => setAsking(false) })}
          onClose={() => setAsking(false)}
        >
          {gains.length > 0 && <p>{say.changeRoles.gains(listOf(gains))}</p>}
          {loses.length > 0 && <p>{say.changeRoles.loses(listOf(loses))}</p>}
          <p>{say.changeRoles.text(nameOf(account))}</p>
        </Confirm>
      )}
    </section>
  );
}

function Access({ account, isOwn, isLast }: PartProps) {
  const [asking, setAsking] = useState<'password' | 'standing' | null>(null);
  const change = useChange(account);
  const unlocking = useChange(account);
  const { disabled, subject, has_password: hasPassword, is_locked_until: lockedUntil } = account;
  const words = disabled ? say.enabling : say.disabling;
  const close = () => setAsking(null);
  // The button that lifted the lock is gone with it.
  const heading = useArrival(lockedUntil == null ? '' : 'locked');
  const warnings = [...(isOwn ? [say.self.disable] : []), ...(isLast ? [say.lastAdmin] : [])];
  return (
    <section className={styles.section}>
      <h2 ref={heading} tabIndex={-1}>
        {say.one.access}
      </h2>
      {disabled && <Notice tone="stop">{say.one.disabledNote}</Notice>}
      {lockedUntil != null && <Lock until={lockedUntil} work={unlocking} />}
      <p role="status" className={styles.note}>
        {lockedUntil == null && unlocking.isSuccess && say.one.unlocked}
      </p>
      <Facts>
        <Fact name={say.columns.way}>{hasPassword ? say.ways.password : subject ? say.ways.provider : say.one.keysOnly}</Fact>
        {subject && (
          <Fact name={say.ways.provider}>
            {say.one.provider(subject.issuer)} (<code>{subject.subject}</code>)
          </Fact>
        )}
        <Fact name={say.one.made}>{timeLine(account.created_at)}</Fact>
        <Fact name={say.one.id}>
          <code>{account.id}</code>
        </Fact>
      </Facts>
      <div className={styles.tools}>
        <Button onPress={() => setAsking('password')}>{say.one.password}</Button>
        <Button look={disabled ? 'plain' : 'danger'} onPress={() => setAsking('standing')}>
          {disabled ? say.one.enable : say.one.disable}
        </Button>
      </div>
      {asking === 'password' && <NewPasswordDialog account={account} isOwn={isOwn} onClose={close} />}
      {asking === 'standing' && (
        <Confirm
          words={words}
          warnings={disabled ? [] : warnings}
          isDanger={!disabled}
          work={change}
          onConfirm={() => change.mutate(() => ({ disabled: !disabled }), { onSuccess: close })}
          onClose={close}
        >
          <p>{words.text(nameOf(account))}</p>
        </Confirm>
      )}
    </section>
  );
}

function Lock({ until, work }: { until: string; work: ReturnType<typeof useChange> }) {
  return (
    <>
      <Notice
        tone="warn"
        actions={
          <Button
            onPress={() => {
              if (!work.isPending) work.mutate(() => ({ unlock: true }));
            }}
          >
            {work.isPending ? say.one.unlocking : say.one.unlock}
          </Button>
        }
      >
        {say.one.lockNote(timeLine(until))}
      </Notice>
      {work.isError && <ProblemNotice title={say.one.unlockFailed} error={work.error} />}
    </>
  );
}
