// What became of a statement when it was held against its quotes; the reason on hover, on focus and to screen readers.
import { Button } from 'react-aria-components';
import type { Verdict } from '../api/types';
import { Chip } from '../parts/Chip';
import { Hint } from '../parts/Hint';
import { sentence } from '../parts/ProblemNotice';
import styles from './VerdictChip.module.css';
import { shownVerdict } from './verdict';

interface VerdictChipProps {
  verdict: Verdict;
  reason?: string | null | undefined;
}

export function VerdictChip({ verdict, reason }: VerdictChipProps) {
  const { Icon, tone, word, meaning } = shownVerdict(verdict);
  return (
    <Hint isCard text={reason ? `${meaning} ${sentence(reason)}` : meaning}>
      <Button className={styles.chip ?? ''}>
        <Chip tone={tone} icon={<Icon size={13} />}>
          {word}
        </Chip>
      </Button>
    </Hint>
  );
}
