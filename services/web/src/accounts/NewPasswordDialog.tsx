// Another password for an account. It is in its field alone, and goes with the dialog.
import { type SubmitEvent, useEffect, useId, useRef, useState } from 'react';
import { Refused } from '../api/problem';
import { Button } from '../parts/Button';
import { Dialog } from '../parts/Dialog';
import { Notice } from '../parts/Notice';
import { PasswordField } from '../parts/PasswordField';
import { ProblemNotice, sentence } from '../parts/ProblemNotice';
import { useFirstInvalid } from '../parts/useFirstInvalid';
import { accounts } from '../strings/accounts';
import { nameOf } from './accounts';
import styles from './Accounts.module.css';
import type { Account } from './calls';
import { useChange } from './useAccounts';

const say = accounts.setPassword;

interface NewPasswordDialogProps {
  account: Account;
  isOwn: boolean;
  onClose: () => void;
}

export function NewPasswordDialog({ account, isOwn, onClose }: NewPasswordDialogProps) {
  const form = useId();
  const password = useRef<HTMLInputElement>(null);
  const [errors, setErrors] = useState<{ password?: string }>({});
  const place = useFirstInvalid(errors);
  const change = useChange(account);

  // The form and its button are gone: the focus goes to what came of it, which is read aloud then.
  const receipt = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (change.isSuccess) receipt.current?.focus();
  }, [change.isSuccess]);

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (change.isPending) return;
    if (!password.current?.value) {
      setErrors({ password: say.empty });
      return;
    }
    setErrors({});
    change.mutate(() => ({ password: password.current?.value ?? null }), {
      onError: (error) => setErrors(isBadPassword(error) ? { password: sentence(error.problem.detail) } : {}),
    });
  };

  return (
    <Dialog
      title={say.title}
      size="s"
      isOpen
      onOpenChange={onClose}
      foot={
        change.isSuccess ? (
          <Button look="primary" onPress={onClose}>
            {accounts.close}
          </Button>
        ) : (
          <>
            <Button onPress={onClose}>{accounts.cancel}</Button>
            <Button look="primary" type="submit" form={form}>
              {change.isPending ? say.working : say.confirm}
            </Button>
          </>
        )
      }
    >
      {change.isSuccess ? (
        <div ref={receipt} tabIndex={-1} className={styles.receipt}>
          <Notice tone="good" title={say.done}>
            {say.doneDetail}
          </Notice>
        </div>
      ) : (
        <form ref={place} id={form} className={styles.form} onSubmit={submit} noValidate>
          <p>{say.text(nameOf(account))}</p>
          {isOwn && <Notice tone="warn">{accounts.self.password}</Notice>}
          <input type="text" autoComplete="username" value={account.name} readOnly hidden />
          <PasswordField
            label={say.password}
            inputRef={password}
            autoComplete="new-password"
            error={errors.password ?? null}
            autoFocus
          />
          {change.isError && !isBadPassword(change.error) && <ProblemNotice title={say.failed} error={change.error} />}
        </form>
      )}
    </Dialog>
  );
}

const isBadPassword = (error: unknown): error is Refused =>
  error instanceof Refused && error.problem.code === 'bad_password';
