// Asks before something lasting is done, and says what will happen. It is sent once.
import type { ReactNode } from 'react';
import { Button } from '../parts/Button';
import { Dialog } from '../parts/Dialog';
import { Notice } from '../parts/Notice';
import { ProblemNotice } from '../parts/ProblemNotice';
import { accounts as say } from '../strings/accounts';
import styles from './Accounts.module.css';

interface ConfirmProps {
  words: { title: string; confirm: string; working: string; failed: string };
  /** What will happen. */
  children: ReactNode;
  /** What whoever asks may not have thought of. */
  warnings?: readonly string[];
  isDanger?: boolean;
  work: { isPending: boolean; error: Error | null; reset: () => void };
  onConfirm: () => void;
  onClose: () => void;
}

export function Confirm({ words, children, warnings = [], isDanger = false, work, onConfirm, onClose }: ConfirmProps) {
  const close = () => {
    work.reset();
    onClose();
  };
  return (
    <Dialog
      title={words.title}
      size="s"
      isAlert
      isOpen
      onOpenChange={close}
      foot={
        <>
          <Button autoFocus onPress={close}>
            {say.cancel}
          </Button>
          <Button
            look={isDanger ? 'danger' : 'primary'}
            onPress={() => {
              if (!work.isPending) onConfirm();
            }}
          >
            {work.isPending ? words.working : words.confirm}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        {warnings.map((warning) => (
          <Notice key={warning} tone="warn">
            {warning}
          </Notice>
        ))}
        {children}
        {work.error && <ProblemNotice title={words.failed} error={work.error} />}
      </div>
    </Dialog>
  );
}
