// Roles in words.
import { session as words } from '../strings/session';
import type { Role, Session } from './types';

/** A newer server may have roles that have no words here yet. */
export const roleName = (role: Role): string => (words.roles as Partial<Record<string, string>>)[role] ?? role;

export const rolesOf = (session: Session): string => words.listOfRoles(session.roles.map(roleName));

export const personOf = ({ account }: Session): string =>
  account?.full_name ?? account?.name ?? words.account.nameless;
