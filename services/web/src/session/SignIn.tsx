// What stands in the place of every page as long as nobody is signed in.
import { useSyncExternalStore } from 'react';
import { providerAddress } from '../api/calls';
import { Notice } from '../parts/Notice';
import { useServices } from '../shell/services';
import { useTitle } from '../shell/useTitle';
import { session as words } from '../strings/session';
import styles from './SignIn.module.css';
import { SignInForm } from './SignInForm';
import type { Session } from './types';

interface SignInProps {
  session: Session;
  /** A path of these pages, for whoever comes back from the identity provider. */
  to: string;
}

export function SignIn({ session, to }: SignInProps) {
  const { keeper } = useServices();
  const { hasEnded } = useSyncExternalStore(keeper.subscribe, keeper.current);
  const { password, provider } = session.sign_in;
  useTitle(words.title);
  return (
    <div className={styles.page}>
      <h1 className={styles.title}>{words.title}</h1>
      {hasEnded ? (
        <Notice tone="warn" title={words.endedTitle} live="alert">
          {words.ended}
        </Notice>
      ) : (
        <p className={styles.lead}>{words.lead}</p>
      )}
      {session.is_demo && <Notice>{words.demo}</Notice>}
      {password && <SignInForm />}
      {password && provider != null && <p className={styles.or}>{words.or}</p>}
      {provider != null && (
        <a className={styles.provider} href={providerAddress(to)}>
          {words.provider(provider)}
        </a>
      )}
      {!password && provider == null && <Notice tone="warn">{words.noWay}</Notice>}
    </div>
  );
}
