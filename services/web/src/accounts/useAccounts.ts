// Changes to accounts, and what the pages know after them.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { keys } from '../api/keys';
import { useSession } from '../session/useSession';
import {
  type Account, type AccountChange, accountsQuery, addAccount, addKey, changeAccount, keysQuery, type NewAccount, type NewKey,
  revokeKey,
} from './calls';

/** Nothing is sent twice by itself, and nothing that was sent is kept: there may be a password in it. */
const once = { retry: false, gcTime: 0 } as const;

/** The change is made when it is sent, so that a password is nowhere but in its field until then. */
export function useChange(account: Account) {
  const queries = useQueryClient();
  const { session } = useSession();
  return useMutation({
    mutationFn: (change: () => AccountChange) => changeAccount(account.id, change()),
    onSuccess: async (changed) => {
      queries.setQueryData(accountsQuery.queryKey, (all) =>
        all?.map((one) => (one.id === changed.id ? changed : one)),
      );
      if (session?.account?.id === changed.id) await queries.invalidateQueries({ queryKey: keys.session });
    },
    ...once,
  });
}

export function useAdd() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (account: () => NewAccount) => addAccount(account()),
    onSuccess: (added) => {
      queries.setQueryData(accountsQuery.queryKey, (all) =>
        all && [...all, added].sort((one, other) => (one.name < other.name ? -1 : 1)),
      );
    },
    ...once,
  });
}

export function useAddKey(account: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (key: NewKey) => addKey(account, key),
    onSuccess: () => queries.invalidateQueries({ queryKey: keysQuery(account).queryKey }),
    ...once,
  });
}

export function useRevoke(account: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (key: string) => revokeKey(account, key),
    onSuccess: () => queries.invalidateQueries({ queryKey: keysQuery(account).queryKey }),
    ...once,
  });
}
