// Who is signed in, and what that lets them do here. The server decides for itself at every call.
import { useQuery } from '@tanstack/react-query';
import { sessionQuery } from '../api/keys';
import type { Role, Session } from './types';

/** Nobody may come in: `shut`. Before that is known: `unknown`. */
export type Standing = 'unknown' | 'open' | 'shut';

export interface Here {
  /** Null as long as it is not known, and where the server knows no sessions: the pages are open then. */
  session: Session | null;
  standing: Standing;
  mayAsk: boolean;
  /** Sees what is held, and what was decided about it. */
  mayKeep: boolean;
  /** Takes documents in, and proposes what is to be published. */
  mayCurate: boolean;
  /** Approves and publishes what others propose. */
  mayPublish: boolean;
  /** Sees what was asked and answered. */
  mayAudit: boolean;
  /** Gives and takes accounts and keys. */
  mayRun: boolean;
}

export function useSession(): Here {
  const { data: session = null, isFetched } = useQuery(sessionQuery);
  const has = (role: Role) => session?.roles.includes(role) ?? false;
  return {
    session,
    standing: standingOf(session, isFetched),
    mayAsk: mayAsk(session),
    mayKeep: has('librarian') || has('publisher') || has('auditor'),
    mayCurate: has('librarian'),
    mayPublish: has('publisher'),
    mayAudit: has('auditor'),
    mayRun: has('admin'),
  };
}

function standingOf(session: Session | null, isFetched: boolean): Standing {
  if (session?.how === 'none') return 'shut';
  return isFetched ? 'open' : 'unknown';
}

const askers: readonly Role[] = ['clinician', 'service'];

export function mayAsk(session: Session | null): boolean {
  return session === null || session.roles.some((role) => askers.includes(role));
}

/** By name, as against whoever reaches this machine. */
export function isSignedIn(session: Session | null): boolean {
  return session !== null && session.how !== 'none' && session.how !== 'anonymous';
}
