// How far something is: in words, and as a bar.
import { Label, ProgressBar } from 'react-aria-components';
import styles from './Progress.module.css';

interface ProgressProps {
  label: string;
  /** 0 to 1; null where that cannot be told. */
  value: number | null;
  /** The same in words. */
  text: string;
}

export function Progress({ label, value, text }: ProgressProps) {
  const percent = Math.round(Math.min(Math.max(value ?? 0, 0), 1) * 1000) / 10;
  return (
    <ProgressBar value={percent} isIndeterminate={value === null} valueLabel={text} className={styles.progress ?? ''}>
      <span className={styles.line}>
        <Label className={styles.label ?? ''}>{label}</Label>
        <span className={styles.text}>{text}</span>
      </span>
      <span className={styles.track} {...(value === null ? { 'data-open': true } : {})}>
        <span className={styles.fill} style={value === null ? {} : { width: `${percent}%` }} />
      </span>
    </ProgressBar>
  );
}
