// A name and what it stands for, in a list of such.
import type { ReactNode } from 'react';
import styles from './Reviews.module.css';

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
