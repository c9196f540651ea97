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
  /** Sees the numbers of the audit. */
  mayAudit: boolean;
}

export function useSession(): Here {
  const { data: session = null, isFetched } = useQuery(sessionQuery);
  const mayAudit = session?.roles.includes('auditor') ?? false;
  return { session, standing: standingOf(session, isFetched), mayAsk: mayAsk(session), mayAudit };
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
