// Settling a finding: what is said by it, and why.
import { Refused } from '../../api/problem';
import { queue } from '../../strings/queue';
import { ActDialog } from '../ActDialog';
import { settleFinding } from '../calls';
import styles from '../Desk.module.css';
import type { Finding, Outcome } from '../types';

const say = queue.settle;

interface SettleDialogProps {
  finding: Finding;
  outcome: Outcome;
  onDone: () => void;
  /** Somebody else has settled it. */
  onGone: () => void;
  onClose: () => void;
}

export function SettleDialog({ finding, outcome, onDone, onGone, onClose }: SettleDialogProps) {
  const words = queue.outcomes[outcome];
  return (
    <ActDialog
      title={words.title(finding.title)}
      // One line, so that Enter sends it.
      reason={{ label: say.note, missing: outcome === 'dismissed' ? null : say.missing, rows: 1 }}
      act={words.act}
      acting={words.acting}
      failed={say.failed}
      send={({ reason }) => settleFinding(finding.id, { outcome, note: reason })}
      onDone={onDone}
      onFailed={(error) => {
        if (error instanceof Refused && error.problem.code === 'settled') onGone();
      }}
      onClose={onClose}
    >
      <p>{queue.kinds[finding.kind].outcomes[outcome]}</p>
      <p className={styles.note}>{say.kept}</p>
    </ActDialog>
  );
}
