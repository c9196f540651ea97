// A few accounts, and a server in memory that keeps them, for tests.
import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { openPages } from '../testing/pages';
import { fakeServer, json, type Replies, signedIn } from '../testing/session';
import type { Account, Key } from './calls';

export const account = (name: string, change: Partial<Account> = {}): Account => ({
  id: `id-${name}`,
  name,
  full_name: null,
  roles: ['clinician'],
  disabled: false,
  created_at: '2026-11-22T10:00:00Z',
  is_locked_until: null,
  has_password: true,
  subject: null,
  ...change,
});

export const root = account('root', { roles: ['admin'] });
export const ada = account('ada', { full_name: 'Ada Lovelace', roles: ['clinician', 'auditor'] });
const ward = account('ward', { roles: ['service'], has_password: false, disabled: true });
const eve = account('eve', {
  roles: [],
  has_password: false,
  is_locked_until: '2026-11-28T12:00:00Z',
  subject: { issuer: 'https://id.example', subject: 'eve-1' },
});

export const key: Key = {
  ...{ id: '44749a360f43110b', label: 'ward information system', created_at: '2026-11-22T10:00:00Z' },
  ...{ expires_at: null, revoked_at: null, last_used_at: null },
};

interface Opening {
  accounts?: Account[];
  keys?: Key[];
  replies?: Replies;
}

/** Signed in as root; changes are kept as the server would keep them. */
export function openAccounts(address = '/accounts', { accounts = [ada, eve, root, ward], keys = [], replies = {} }: Opening = {}) {
  const held = new Map(accounts.map((one) => [one.id, one]));
  const bodies: unknown[] = [];
  const changing = (id: string) => (body: unknown) => {
    bodies.push(body);
    const { roles, disabled, unlock } = body as { roles?: Account['roles']; disabled?: boolean; unlock?: boolean };
    const old = held.get(id) ?? root;
    const changed = {
      ...old,
      ...(roles ? { roles } : {}),
      ...(disabled === undefined ? {} : { disabled }),
      ...(unlock ? { is_locked_until: null } : {}),
    };
    held.set(id, changed);
    return json(changed);
  };
  const each: Replies = Object.fromEntries(
    accounts.flatMap(({ id }) => [
      [`PATCH /v1/accounts/${id}`, changing(id)],
      [`GET /v1/accounts/${id}/keys`, () => json({ keys })],
    ]),
  );
  const server = fakeServer(signedIn('root', { roles: ['admin'] }), {
    'GET /v1/accounts': () => json({ accounts: [...held.values()] }),
    ...each,
    ...replies,
  });
  return { server, bodies, ...openPages(address) };
}

export const dialog = (name: string, role = 'dialog') => screen.findByRole(role, { name });
export const press = async (name: string) => userEvent.click(await screen.findByRole('button', { name }));
/** What the rows of the table say. */
export const rows = () => screen.getAllByRole('row').slice(1).map((row) => [...row.children].map((cell) => cell.textContent));
