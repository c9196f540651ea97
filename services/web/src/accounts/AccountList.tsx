// All accounts, and a search in them.
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { timeLine } from '../answer/words';
import { Button } from '../parts/Button';
import { Chip } from '../parts/Chip';
import { Field } from '../parts/Field';
import { AlertIcon, PlusIcon, StopIcon } from '../parts/icons';
import { Notice } from '../parts/Notice';
import { WideTable } from '../parts/WideTable';
import { count } from '../records/words';
import { useSession } from '../session/useSession';
import { accounts as say } from '../strings/accounts';
import { found, listOf, wayOf } from './accounts';
import styles from './Accounts.module.css';
import { AddDialog } from './AddDialog';
import type { Account } from './calls';

/** Rows at a time: a large house has thousands of accounts. */
const STRETCH = 100;

export function AccountList({ accounts }: { accounts: readonly Account[] }) {
  const navigate = useNavigate();
  const { q = '' } = useSearch({ from: '/accounts/' });
  // The address follows a moment later than what is typed.
  const [text, setText] = useState(q);
  const [most, setMost] = useState(STRETCH);
  const [isAdding, setAdding] = useState(false);
  const { name, fullName, roles, way, state } = say.columns;
  const all = found(accounts, text);
  const left = all.length - most;
  return (
    <>
      <p className={styles.lead}>{say.lead}</p>
      <div className={`${styles.tools} ${styles.search}`}>
        <Field
          label={say.search}
          type="search"
          value={text}
          onChange={(wanted) => {
            setText(wanted);
            setMost(STRETCH);
            void navigate({ to: '/accounts', search: searchFor(wanted), replace: true, resetScroll: false });
          }}
          maxLength={200}
          autoComplete="off"
        />
        <Button icon={<PlusIcon size={16} />} onPress={() => setAdding(true)}>
          {say.add}
        </Button>
      </div>
      <p role="status" className={styles.note}>
        {say.count(count(all.length), count(accounts.length))}
      </p>
      {all.length === 0 ? (
        <Notice title={say.none}>{say.noneDetail}</Notice>
      ) : (
        <WideTable label={say.table} columns={[name, fullName, roles, way, state]}>
          {all.slice(0, most).map((account) => (
            <Row key={account.id} account={account} text={text} />
          ))}
        </WideTable>
      )}
      {left > 0 && (
        <p className={styles.more}>
          <Button onPress={() => setMost(most + STRETCH)}>{say.more(count(Math.min(left, STRETCH)))}</Button>
        </p>
      )}
      {isAdding && <AddDialog onClose={() => setAdding(false)} />}
    </>
  );
}

const searchFor = (text: string) => (text === '' ? {} : { q: text });

function Row({ account, text }: { account: Account; text: string }) {
  const { session } = useSession();
  const { id, name, full_name, roles } = account;
  return (
    <tr>
      <th scope="row" className={styles.name}>
        <Link to="/accounts" search={{ account: id, ...searchFor(text) }}>
          {name}
        </Link>
        {session?.account?.id === id && ` ${say.you}`}
      </th>
      <td className={styles.name}>{full_name}</td>
      <td>{listOf(roles) || say.noRoles}</td>
      <td>{wayOf(account)}</td>
      <td>
        <States account={account} />
      </td>
    </tr>
  );
}

/** What keeps it out, if anything does. */
export function States({ account: { disabled, is_locked_until } }: { account: Account }) {
  return (
    <span className={styles.states}>
      {disabled && (
        <Chip tone="stop" icon={<StopIcon size={13} />}>
          {say.disabled}
        </Chip>
      )}
      {is_locked_until != null && (
        <Chip tone="warn" icon={<AlertIcon size={13} />}>
          {say.locked(timeLine(is_locked_until))}
        </Chip>
      )}
    </span>
  );
}
