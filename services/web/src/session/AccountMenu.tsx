// Who is signed in, in the header: their roles, their password, and the way out. For whoever is not signed in, the way in.
import { Link, useLocation } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { Button } from '../parts/Button';
import { Dialog } from '../parts/Dialog';
import { AccountIcon } from '../parts/icons';
import { Popover } from '../parts/Popover';
import { ProblemNotice } from '../parts/ProblemNotice';
import { session as all } from '../strings/session';
import styles from './AccountMenu.module.css';
import { PasswordDialog } from './PasswordDialog';
import { personOf, rolesOf } from './roles';
import { safePath } from './to';
import type { Session } from './types';
import { isSignedIn } from './useSession';
import { useSignOut } from './useSignOut';

const words = all.account;

/** Read only when somebody is to see it. Without it the menu does all else. */
const ToRate = lazy(() =>
  import('../audit/reviews/ToRate').then(
    (room) => ({ default: room.ToRate }),
    () => ({ default: () => null }),
  ),
);

export function AccountMenu({ session }: { session: Session }) {
  if (isSignedIn(session)) return <Account session={session} />;
  const { password, provider } = session.sign_in;
  return session.how === 'anonymous' && (password || provider !== null) ? <SignInLink /> : null;
}

function SignInLink() {
  const { href } = useLocation();
  return (
    <Link to="/sign-in" search={{ to: safePath(href) }} className={styles.link}>
      <AccountIcon />
      <span className={styles.text}>{all.title}</span>
    </Link>
  );
}

function Account({ session }: { session: Session }) {
  const [isChanging, setChanging] = useState(false);
  const leaving = useSignOut();
  const person = personOf(session);
  const { account, how } = session;
  return (
    <>
      <Popover
        label={words.label}
        placement="bottom end"
        trigger={
          <AriaButton className={styles.trigger ?? ''} aria-label={words.of(person)}>
            <AccountIcon />
            <span className={styles.text}>{person}</span>
          </AriaButton>
        }
      >
        <div className={styles.panel}>
          <div>
            <p className={styles.person}>{person}</p>
            {account && account.name !== person && <p className={styles.small}>{words.name(account.name)}</p>}
            <p className={styles.small}>{rolesOf(session) || words.noRoles}</p>
            {(how === 'key' || how === 'token') && <p className={styles.small}>{words.how[how]}</p>}
          </div>
          {account && session.roles.includes('clinician') && !session.roles.includes('auditor') && (
            <Suspense>
              <ToRate me={account.id} className={styles.way ?? ''} />
            </Suspense>
          )}
          {how === 'session' && (
            <div className={styles.actions}>
              {session.sign_in.password && (
                <Button slot="close" size="s" onPress={() => setChanging(true)}>
                  {words.change}
                </Button>
              )}
              <Button size="s" onPress={() => leaving.mutate()}>
                {leaving.isPending ? words.signingOut : words.signOut}
              </Button>
            </div>
          )}
        </div>
      </Popover>
      {isChanging && account && <PasswordDialog name={account.name} onClose={() => setChanging(false)} />}
      <Dialog
        title={words.notOut}
        size="s"
        isAlert
        isOpen={leaving.isError}
        onOpenChange={leaving.reset}
        foot={
          <Button look="primary" onPress={() => leaving.mutate()}>
            {words.again}
          </Button>
        }
      >
        {leaving.isError && <ProblemNotice title={words.notOutDetail} error={leaving.error} />}
      </Dialog>
    </>
  );
}
