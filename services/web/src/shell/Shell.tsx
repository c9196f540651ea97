// The frame around every page: header, history rail, and what is being read.
import { Outlet, useLocation, useParams } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { HistoryRail } from '../history/HistoryRail';
import { Dialog } from '../parts/Dialog';
import { Skeleton } from '../parts/Skeleton';
import { SignIn } from '../session/SignIn';
import { safePath, SIGN_IN } from '../session/to';
import { useSession } from '../session/useSession';
import { shell as words } from '../strings';
import { session as signIn } from '../strings/session';
import { Header } from './Header';
import { ReachNotice } from './ReachNotice';
import styles from './Shell.module.css';
import { useIsWide } from './useMedia';

export function Shell() {
  const isWide = useIsWide();
  const [isRailOpen, setRailOpen] = useState(true);
  const [isDrawerOpen, setDrawerOpen] = useState(false);
  const { conversation = null } = useParams({ strict: false });
  const { pathname, href, search } = useLocation();
  const here = useSession();
  const { standing, session } = here;
  const isShut = standing === 'shut';
  const main = useRef<HTMLElement>(null);
  const closeDrawer = () => {
    setDrawerOpen(false);
  };

  // A page that was gone to is read from its beginning, also by a screen reader.
  const isFirst = useRef(true);
  useEffect(() => {
    const isThere = main.current?.contains(document.activeElement) ?? true;
    if (!isFirst.current && !isThere) main.current?.focus({ preventScroll: true });
    isFirst.current = false;
  }, [pathname]);

  // So is a page that has opened because somebody signed in: the form that had the focus is gone.
  const wasShut = useRef(false);
  useEffect(() => {
    if (wasShut.current && !isShut) main.current?.focus({ preventScroll: true });
    wasShut.current = isShut;
  }, [isShut]);

  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#main">
        {isShut ? signIn.skip : words.skip}
      </a>
      <Header
        here={here}
        isHistoryOpen={isWide ? isRailOpen : isDrawerOpen}
        onHistory={() => {
          if (isWide) setRailOpen(!isRailOpen);
          else setDrawerOpen(true);
        }}
      />
      <ReachNotice />
      <div className={styles.body}>
        {isWide && isRailOpen && here.mayAsk && !isShut && (
          <nav className={styles.rail} aria-label={words.history}>
            {standing === 'open' && <HistoryRail current={conversation} />}
          </nav>
        )}
        <main id="main" ref={main} tabIndex={-1} className={styles.main}>
          {standing === 'open' && <Outlet />}
          {standing === 'unknown' && (
            <div className={styles.waiting}>
              <Skeleton lines={8} />
            </div>
          )}
          {/* In the place of the page: after signing in, one is where one wanted to be. */}
          {isShut && session && <SignIn session={session} to={safePath(pathname === SIGN_IN ? search.to : href)} />}
        </main>
      </div>
      {!isWide && standing === 'open' && here.mayAsk && (
        <Dialog title={words.history} size="side" isOpen={isDrawerOpen} onOpenChange={setDrawerOpen}>
          <HistoryRail current={conversation} onNavigate={closeDrawer} />
        </Dialog>
      )}
    </div>
  );
}
