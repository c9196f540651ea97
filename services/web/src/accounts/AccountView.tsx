// One account: what it may do, how it signs in, and its keys.
import { useState } from 'react';
import { timeLine } from '../answer/words';
import { ActDialog } from '../parts/ActDialog';
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
        <ActDialog
          title={say.changeRoles.title}
          size="s"
          act={say.changeRoles.confirm}
          acting={say.changeRoles.working}
          failed={say.changeRoles.failed}
          isDanger={losesAdmin}
          send={() => change.mutateAsync(() => ({ roles: [...chosen] }))}
          onDone={() => setAsking(false)}
          onClose={() => setAsking(false)}
        >
          {losesAdmin && <Warnings own={isOwn ? say.self.roles : null} isLast={isLast} />}
          {gains.length > 0 && <p>{say.changeRoles.gains(listOf(gains))}</p>}
          {loses.length > 0 && <p>{say.changeRoles.loses(listOf(loses))}</p>}
          <p>{say.changeRoles.text(nameOf(account))}</p>
        </ActDialog>
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
        <ActDialog
          title={words.title}
          size="s"
          act={words.confirm}
          acting={words.working}
          failed={words.failed}
          isDanger={!disabled}
          send={() => change.mutateAsync(() => ({ disabled: !disabled }))}
          onDone={close}
          onClose={close}
        >
          {!disabled && <Warnings own={isOwn ? say.self.disable : null} isLast={isLast} />}
          <p>{words.text(nameOf(account))}</p>
        </ActDialog>
      )}
    </section>
  );
}

/** What whoever asks may not have thought of. */
function Warnings({ own, isLast }: { own: string | null; isLast: boolean }) {
  return (
    <>
      {own !== null && <Notice tone="warn">{own}</Notice>}
      {isLast && <Notice tone="warn">{say.lastAdmin}</Notice>}
    </>
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
