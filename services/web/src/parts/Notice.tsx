// A remark that stands in the page: what it is, in an icon and in words, never in colour alone.
import type { ReactNode } from 'react';
import { AlertIcon, CheckIcon, InfoIcon, StopIcon } from './icons';
import styles from './Notice.module.css';

export type Tone = 'info' | 'good' | 'warn' | 'stop';

interface NoticeProps {
  tone?: Tone;
  title?: ReactNode;
  children?: ReactNode;
  /** Buttons below the words. */
  actions?: ReactNode;
  /** Read aloud when it appears: politely, or at once. */
  live?: 'status' | 'alert';
}

const icons = { info: InfoIcon, good: CheckIcon, warn: AlertIcon, stop: StopIcon };

export function Notice({ tone = 'info', title, children, actions, live }: NoticeProps) {
  const Icon = icons[tone];
  return (
    <div className={`${styles.notice} ${styles[tone]}`} {...(live ? { role: live } : {})}>
      <Icon />
      <div className={styles.words}>
        {title && <p className={styles.title}>{title}</p>}
        {children && <div className={styles.text}>{children}</div>}
        {actions && <div className={styles.actions}>{actions}</div>}
      </div>
    </div>
  );
}
