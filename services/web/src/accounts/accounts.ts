// Accounts as they are searched and judged before anything is sent.
import { roleName } from '../session/roles';
import type { Role } from '../session/types';
import { accounts as say } from '../strings/accounts';
import type { Account, Key } from './calls';

const roles: readonly Role[] = ['clinician', 'librarian', 'publisher', 'auditor', 'admin', 'service'];

export const roleOptions = roles.map((value) => ({ value, label: roleName(value), note: say.does[value] }));

export const listOf = (some: readonly Role[]): string => some.map(roleName).join(', ');

export const MAX_NAME = 64;
export const MAX_FULL_NAME = 200;
export const MAX_LABEL = 80;

/** As the server compares it. */
export const folded = (name: string): string => name.trim().toLowerCase();

export const isName = (name: string): boolean => /^[a-z0-9._@-]{1,64}$/.test(folded(name));

export const nameOf = ({ full_name, name }: Pick<Account, 'full_name' | 'name'>): string => full_name ?? name;

/** Those with the text in their name or full name. */
export function found(accounts: readonly Account[], text: string): readonly Account[] {
  const wanted = folded(text);
  if (wanted === '') return accounts;
  return accounts.filter(({ name, full_name }) => `${name}\n${full_name ?? ''}`.toLowerCase().includes(wanted));
}

/** Whether nobody else could manage accounts any more. */
export function isLastAdmin(accounts: readonly Account[], { id }: Account): boolean {
  const admins = accounts.filter((one) => !one.disabled && one.roles.includes('admin'));
  return admins.length === 1 && admins[0]?.id === id;
}

export function wayOf({ has_password, subject }: Account): string {
  const ways = [...(has_password ? [say.ways.password] : []), ...(subject ? [say.ways.provider] : [])];
  return ways.join(', ') || say.ways.keys;
}

export type KeyState = 'works' | 'rests' | 'ended' | 'revoked';

export function stateOf(key: Key, isDisabled: boolean, now: number): KeyState {
  if (key.revoked_at != null) return 'revoked';
  if (key.expires_at != null && Date.parse(key.expires_at) <= now) return 'ended';
  return isDisabled ? 'rests' : 'works';
}
