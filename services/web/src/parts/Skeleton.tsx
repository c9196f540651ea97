// The place of text that is on its way.
import { parts as words } from '../strings';
import styles from './Skeleton.module.css';
import { VisuallyHidden } from './VisuallyHidden';

interface SkeletonProps {
  lines?: number;
  label?: string;
}

const widths = ['96%', '88%', '93%', '61%'];

export function Skeleton({ lines = 3, label = words.loading }: SkeletonProps) {
  return (
    <div role="status" className={styles.skeleton}>
      <VisuallyHidden>{label}</VisuallyHidden>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} className={styles.line} style={{ width: widths[line % widths.length] }} />
      ))}
    </div>
  );
}
