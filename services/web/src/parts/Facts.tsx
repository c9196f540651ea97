// A few things that are known, each under its name.
import type { ReactNode } from 'react';
import styles from './Facts.module.css';

/** Around `Fact`s. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className={styles.facts}>{children}</dl>;
}

interface FactProps {
  name: string;
  children: ReactNode;
  /** In a line of its own. */
  isWide?: boolean;
}

export function Fact({ name, children, isWide = false }: FactProps) {
  return (
    <div className={isWide ? (styles.wide ?? '') : ''}>
      <dt className={styles.name}>{name}</dt>
      <dd className={styles.value}>{children}</dd>
    </div>
  );
}
