// Going back to an earlier snapshot: what readers will see, and that no number is used twice.
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Refused } from '../../api/problem';
import { useSession } from '../../session/useSession';
import { changes } from '../../strings/changes';
import { ActDialog } from '../ActDialog';
import { rollBack } from '../calls';
import styles from '../Desk.module.css';

const say = changes.snapshots.dialog;

interface RollbackDialogProps {
  to: number;
  title: string;
  /** The number that the next publication takes. */
  next: number;
  onDone: () => void;
  onClose: () => void;
}

export function RollbackDialog({ to, title, next, onDone, onClose }: RollbackDialogProps) {
  const { session } = useSession();
  const provider = session?.sign_in.provider ?? null;
  return (
    <ActDialog
      title={title}
      reason={{ label: say.reason, missing: say.missing }}
      password={{
        mayBeEmpty: provider !== null,
        hint: provider !== null && <p className={styles.note}>{changes.proposal.sign.provider(provider)}</p>,
      }}
      act={say.act}
      acting={say.acting}
      failed={say.failed}
      isDanger
      send={({ reason, password }) => rollBack({ snapshot: to, reason, password })}
      onDone={onDone}
      helpOf={helpWith}
      onClose={onClose}
    >
      <p>{say.at}</p>
      <p>{say.numbers(next)}</p>
      <p className={styles.note}>{say.staged}</p>
    </ActDialog>
  );
}

function helpWith(error: unknown): ReactNode {
  const code = error instanceof Refused ? error.problem.code : '';
  if (!Object.hasOwn(say.help, code)) return null;
  return (
    <div>
      <p>{say.help[code]}</p>
      {code === 'staged' && <Link to="/library/changes">{say.toChanges}</Link>}
    </div>
  );
}
