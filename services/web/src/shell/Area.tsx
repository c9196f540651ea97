// The frame of a part of the pages that has pages of its own: links to them, and the one that is open.
import { Link, type LinkProps, Outlet, useLocation } from '@tanstack/react-router';
import { VisuallyHidden } from '../parts/VisuallyHidden';
import styles from './Area.module.css';

export interface AreaLink {
  to: NonNullable<LinkProps['to']>;
  label: string;
  /** How much waits there; none is not shown. */
  waiting?: number;
  /** What it is that waits, read aloud after how much. */
  waitingFor?: string;
  /** The page at the root of the area: it is not the one that is open when one below it is. */
  isRoot?: boolean;
  /** Pages that belong to it although they stand elsewhere: how their addresses begin. */
  below?: string;
}

export function Area({ label, links }: { label: string; links: AreaLink[] }) {
  const at = useLocation({ select: ({ pathname }) => pathname });
  const open = { 'data-status': 'active', 'aria-current': 'page' } as const;
  return (
    <>
      <nav aria-label={label} className={styles.nav} data-no-print>
        <ul>
          {links.map(({ to, label: name, waiting = 0, waitingFor, isRoot = false, below }) => (
            <li key={to}>
              <Link
                to={to}
                className={styles.link}
                activeOptions={{ exact: isRoot, includeSearch: false }}
                {...(below !== undefined && at.startsWith(below) ? open : {})}
              >
                {name}
                {waiting > 0 && (
                  <>
                    {' '}
                    <span className={styles.waiting}>
                      {waiting} {waitingFor !== undefined && <VisuallyHidden>{waitingFor}</VisuallyHidden>}
                    </span>
                  </>
                )}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <Outlet />
    </>
  );
}
