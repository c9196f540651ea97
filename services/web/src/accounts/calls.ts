// What accounts and keys are read and changed with.
import { queryOptions } from '@tanstack/react-query';
import { client, take } from '../api/client';
import type { components } from '../api/schema';

type Schemas = components['schemas'];

export type Account = Schemas['Account'];
export type AccountChange = Schemas['AccountChange'];
export type NewAccount = Schemas['NewAccount'];
export type Key = Schemas['Key'];
export type NewKey = Schemas['NewKey'];
export type ShownKey = Schemas['ShownKey'];

const named = (id: string) => ({ path: { id } });

export const accountsQuery = queryOptions({
  queryKey: ['accounts'],
  queryFn: async ({ signal }): Promise<Account[]> => (await take(client.GET('/v1/accounts', { signal }))).accounts,
});

export const keysQuery = (account: string) =>
  queryOptions({
    queryKey: ['accounts', account, 'keys'],
    queryFn: async ({ signal }): Promise<Key[]> =>
      (await take(client.GET('/v1/accounts/{id}/keys', { params: named(account), signal }))).keys,
  });

export const addAccount = (account: NewAccount): Promise<Account> => take(client.POST('/v1/accounts', { body: account }));

export const changeAccount = (id: string, change: AccountChange): Promise<Account> =>
  take(client.PATCH('/v1/accounts/{id}', { params: named(id), body: change }));

export const addKey = (account: string, key: NewKey): Promise<ShownKey> =>
  take(client.POST('/v1/accounts/{id}/keys', { params: named(account), body: key }));

export const revokeKey = async (account: string, key: string): Promise<void> => {
  await take(client.DELETE('/v1/accounts/{id}/keys/{key}', { params: { path: { id: account, key } } }));
};
