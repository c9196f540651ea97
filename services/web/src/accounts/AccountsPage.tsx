// Accounts, roles and keys: the list, or the one that the address names.
import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { Button } from '../parts/Button';
import { Notice } from '../parts/Notice';
import { ProblemNotice } from '../parts/ProblemNotice';
import { Skeleton } from '../parts/Skeleton';
import { useArrival } from '../parts/useArrival';
import { useTitle } from '../shell/useTitle';
import { accounts as say } from '../strings/accounts';
import { AccountList } from './AccountList';
import { nameOf } from './accounts';
import styles from './Accounts.module.css';
import { AccountView } from './AccountView';
import { type Account, accountsQuery } from './calls';

export function AccountsPage() {
  const { account: id } = useSearch({ from: '/accounts/' });
  const accounts = useQuery(accountsQuery);
  const opened = accounts.data?.find((one) => one.id === id);
  const title = opened ? nameOf(opened) : say.title;
  useTitle(title);
  const heading = useArrival(id ?? '');
  return (
    <div className={styles.page}>
      {id !== undefined && <Back />}
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {accounts.isPending && <Skeleton lines={8} label={say.loading} />}
      {accounts.isError && (
        <ProblemNotice
          title={say.failed}
          error={accounts.error}
          actions={<Button onPress={() => void accounts.refetch()}>{say.retry}</Button>}
        />
      )}
      {accounts.isSuccess && <Told accounts={accounts.data} id={id} />}
    </div>
  );
}

function Told({ accounts, id }: { accounts: readonly Account[]; id: string | undefined }) {
  if (id === undefined) return <AccountList accounts={accounts} />;
  const account = accounts.find((one) => one.id === id);
  if (!account) return <Notice title={say.one.unknown}>{say.one.unknownDetail}</Notice>;
  return <AccountView key={id} account={account} accounts={accounts} />;
}

function Back() {
  const { q } = useSearch({ from: '/accounts/' });
  return (
    <p className={styles.back}>
      <Link to="/accounts" search={q === undefined ? {} : { q }}>
        {say.one.back}
      </Link>
    </p>
  );
}
