// Signing out: first at the server, then everything here is let go of.
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { getSession, signOut } from '../api/calls';
import { keys, sessionQuery } from '../api/keys';
import { Refused } from '../api/problem';
import { useServices } from '../shell/services';
import type { Session } from './types';

export function useSignOut() {
  const { queries, keeper } = useServices();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async () => {
      await signOut().catch((error: unknown) => {
        // A session that has ended is over as well.
        if (!(error instanceof Refused && error.needsSignIn)) throw error;
      });
      return getSession().catch(() => nobody(queries.getQueryData(sessionQuery.queryKey)));
    },
    onSuccess: async (session) => {
      await queries.cancelQueries({ queryKey: keys.session });
      // The address names what was read last.
      await navigate({ to: '/' });
      keeper.leave();
      queries.setQueryData(sessionQuery.queryKey, session);
    },
    retry: false,
  });
}

/** What is left when the server cannot be asked. */
function nobody(before: Session | null | undefined): Session | null {
  return before ? { ...before, account: null, roles: [], how: 'none' } : null;
}
