// The frame around every page: header, history rail, and what is being read.
import { Outlet, useLocation, useParams } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { HistoryRail } from '../history/HistoryRail';
import { Dialog } from '../parts/Dialog';
import { shell as words } from '../strings';
import { Header } from './Header';
import { ReachNotice } from './ReachNotice';
import styles from './Shell.module.css';
import { useIsWide } from './useMedia';

export function Shell() {
  const isWide = useIsWide();
  const [isRailOpen, setRailOpen] = useState(true);
  const [isDrawerOpen, setDrawerOpen] = useState(false);
  const { conversation = null } = useParams({ strict: false });
  const { pathname } = useLocation();
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

  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#main">
        {words.skip}
      </a>
      <Header
        isHistoryOpen={isWide ? isRailOpen : isDrawerOpen}
        onHistory={() => {
          if (isWide) setRailOpen(!isRailOpen);
          else setDrawerOpen(true);
        }}
      />
      <ReachNotice />
      <div className={styles.body}>
        {isWide && isRailOpen && (
          <nav className={styles.rail} aria-label={words.history}>
            <HistoryRail current={conversation} />
          </nav>
        )}
        <main id="main" ref={main} tabIndex={-1} className={styles.main}>
          <Outlet />
        </main>
      </div>
      {!isWide && (
        <Dialog title={words.history} size="side" isOpen={isDrawerOpen} onOpenChange={setDrawerOpen}>
          <HistoryRail current={conversation} onNavigate={closeDrawer} />
        </Dialog>
      )}
    </div>
  );
}
