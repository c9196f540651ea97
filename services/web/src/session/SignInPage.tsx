// The address of signing in, and what it leads on to.
import { Link, useRouter, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { shell } from '../strings';
import { session as words } from '../strings/session';
import { SignIn } from './SignIn';
import styles from './SignIn.module.css';
import { safePath } from './to';
import { isSignedIn, useSession } from './useSession';

export function SignInPage() {
  const { session } = useSession();
  const { history } = useRouter();
  const to = safePath(useSearch({ from: '/sign-in' }).to);
  const isDone = isSignedIn(session);

  useEffect(() => {
    if (isDone) history.replace(to);
  }, [isDone, history, to]);

  if (isDone) return null;
  if (session !== null) return <SignIn session={session} to={to} />;
  return (
    <div className={styles.page}>
      <h1 className={styles.title}>{words.title}</h1>
      <p>{words.none}</p>
      <p>
        <Link to="/">{shell.home}</Link>
      </p>
    </div>
  );
}
