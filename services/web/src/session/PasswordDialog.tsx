// Changing one's own password. Both passwords are in their fields alone, and go with the dialog.
import { useMutation } from '@tanstack/react-query';
import { useEffect, useId, useRef, useState, type SubmitEvent } from 'react';
import { changePassword } from '../api/calls';
import { Refused } from '../api/problem';
import { Button } from '../parts/Button';
import { Dialog } from '../parts/Dialog';
import { Notice } from '../parts/Notice';
import { PasswordField } from '../parts/PasswordField';
import { ProblemNotice, sentence } from '../parts/ProblemNotice';
import { useFirstInvalid } from '../parts/useFirstInvalid';
import { session } from '../strings/session';
import styles from './AccountMenu.module.css';

const words = session.change;

interface PasswordDialogProps {
  /** The account's, for password managers. */
  name: string;
  onClose: () => void;
}

interface Errors {
  current?: string;
  new?: string;
}

export function PasswordDialog({ name, onClose }: PasswordDialogProps) {
  const form = useId();
  const current = useRef<HTMLInputElement>(null);
  const wanted = useRef<HTMLInputElement>(null);
  const [errors, setErrors] = useState<Errors>({});
  const place = useFirstInvalid(errors);
  const sending = useMutation({
    mutationFn: () => changePassword({ current: current.current?.value ?? '', new: wanted.current?.value ?? '' }),
    onError: (error) => {
      const found = faultOf(error);
      if (found.current && current.current) current.current.value = '';
      if (found.new && wanted.current) wanted.current.value = '';
      setErrors(found);
    },
    retry: false,
    gcTime: 0,
  });

  // The form and its button are gone: the focus goes to what came of it, which is read aloud then.
  const receipt = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (sending.isSuccess) receipt.current?.focus();
  }, [sending.isSuccess]);

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    event.stopPropagation();
    if (sending.isPending) return;
    const found: Errors = {};
    if (!current.current?.value) found.current = session.errors.current;
    if (!wanted.current?.value) found.new = session.errors.new;
    setErrors(found);
    if (Object.keys(found).length > 0) sending.reset();
    else sending.mutate();
  };

  return (
    <Dialog
      title={words.title}
      size="s"
      isOpen
      onOpenChange={onClose}
      foot={
        sending.isSuccess ? (
          <Button look="primary" onPress={onClose}>
            {words.close}
          </Button>
        ) : (
          <>
            <Button onPress={onClose}>{words.cancel}</Button>
            <Button look="primary" type="submit" form={form}>
              {sending.isPending ? words.saving : words.save}
            </Button>
          </>
        )
      }
    >
      {sending.isSuccess ? (
        <div ref={receipt} tabIndex={-1} className={styles.receipt}>
          <Notice tone="good" title={words.done}>
            {words.doneDetail}
          </Notice>
        </div>
      ) : (
        <form ref={place} id={form} className={styles.form} onSubmit={submit} noValidate>
          <input type="text" autoComplete="username" value={name} readOnly hidden />
          <PasswordField
            label={words.current}
            inputRef={current}
            autoComplete="current-password"
            error={errors.current ?? null}
            autoFocus
          />
          <PasswordField
            label={words.new}
            inputRef={wanted}
            autoComplete="new-password"
            error={errors.new ?? null}
          />
          {sending.isError && isOther(sending.error) && <ProblemNotice title={words.failed} error={sending.error} />}
        </form>
      )}
    </Dialog>
  );
}

/** Which field the server has refused, and why. */
function faultOf(error: unknown): Errors {
  if (!(error instanceof Refused)) return {};
  if (error.problem.code === 'wrong_credentials') return { current: session.errors.notCurrent };
  if (error.problem.code === 'bad_password') return { new: sentence(error.problem.detail) };
  return {};
}

const isOther = (error: unknown) => Object.keys(faultOf(error)).length === 0;
