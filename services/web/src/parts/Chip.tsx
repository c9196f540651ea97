// A short word with an icon, for what state a thing is in.
import type { ReactNode } from 'react';
import styles from './Chip.module.css';
import type { Tone } from './Notice';

interface ChipProps {
  children: ReactNode;
  icon?: ReactNode;
  tone?: Tone;
}

export function Chip({ children, icon, tone = 'info' }: ChipProps) {
  return (
    <span className={`${styles.chip} ${styles[tone]}`}>
      {icon}
      <span>{children}</span>
    </span>
  );
}
