// Asks before something lasting is done, and says what it will do; where it is needed with a reason, and with the password of
// whoever does it. What was typed stays when it fails. The password is in its field alone.
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useId, useRef, useState, type KeyboardEvent, type SubmitEvent } from 'react';
import { Refused } from '../api/problem';
import { act as words } from '../strings/act';
import styles from './ActDialog.module.css';
import { Button } from './Button';
import { Dialog } from './Dialog';
import { Field } from './Field';
import { PasswordField } from './PasswordField';
import { ProblemNotice } from './ProblemNotice';
import { useFirstInvalid } from './useFirstInvalid';

export interface Given {
  reason: string;
  password: string;
}

interface ActDialogProps<T> {
  title: ReactNode;
  size?: 's' | 'm';
  /** What it will do. */
  children?: ReactNode;
  /** Asks for words; `missing` is said when there are none, and null where there need not be any. */
  reason?: { label: string; missing: string | null; rows?: number; max?: number };
  /** Asks for the password; it may be left out only by accounts that have none. */
  password?: { mayBeEmpty: boolean; hint?: ReactNode };
  /** Other fields, below the reason. */
  more?: ReactNode;
  /** Whether those are as they must be; it says so itself where they are not. */
  check?: () => boolean;
  /** On the button, before and while it is done. */
  act: string;
  acting: string;
  failed: string;
  isDanger?: boolean;
  send: (given: Given) => Promise<T>;
  onDone: (done: T) => void;
  onFailed?: (error: unknown) => void;
  /** Whether a refusal is said by the other fields. */
  isTold?: (error: unknown) => boolean;
  /** What can be done about a refusal. */
  helpOf?: (error: unknown) => ReactNode;
  onClose: () => void;
}

const MAX_REASON = 2000;
const isWrongPassword = (error: unknown) => error instanceof Refused && error.problem.code === 'wrong_credentials';

export function ActDialog<T>(props: ActDialogProps<T>) {
  const { title, size = 'm', children, reason: asked, password: signed, more, check, isDanger = false, helpOf, onClose } = props;
  const form = useId();
  const [reason, setReason] = useState('');
  const password = useRef<HTMLInputElement>(null);
  const [errors, setErrors] = useState<{ reason?: string; password?: string }>({});
  const place = useFirstInvalid(errors);
  // Nothing is handed to `mutate`: the password would be kept with the mutation.
  const sending = useMutation({
    mutationFn: () => props.send({ reason: reason.trim(), password: password.current?.value ?? '' }),
    onSuccess: props.onDone,
    onError: (error) => {
      if (error instanceof Refused && password.current) password.current.value = '';
      props.onFailed?.(error);
      // In any case a new object: the first field that is marked gets the focus, whosever it is.
      setErrors(isWrongPassword(error) ? { password: words.wrongPassword } : {});
    },
    // Doing it twice is for whoever does it to decide.
    retry: false,
    gcTime: 0,
  });

  const submit = (event?: SubmitEvent) => {
    event?.preventDefault();
    event?.stopPropagation();
    if (sending.isPending || sending.isSuccess) return;
    const found: typeof errors = {};
    if (asked?.missing && reason.trim() === '') found.reason = asked.missing;
    if (signed && !signed.mayBeEmpty && !password.current?.value) found.password = words.noPassword;
    const isReady = check?.() ?? true;
    setErrors(found);
    if (!isReady || Object.keys(found).length > 0) sending.reset();
    else sending.mutate();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    submit();
  };

  const hasFields = Boolean(asked ?? signed ?? more);
  const isSaid = (error: unknown) => isWrongPassword(error) || (props.isTold?.(error) ?? false);
  return (
    <Dialog
      title={title}
      size={size}
      isAlert={!hasFields}
      isOpen
      onOpenChange={onClose}
      foot={
        <>
          <Button autoFocus={!hasFields} onPress={onClose}>
            {words.cancel}
          </Button>
          {/* Not disabled while it is sending: it would lose the focus, and the keyboard with it. */}
          <Button look={isDanger ? 'danger' : 'primary'} type="submit" form={form}>
            {sending.isPending ? props.acting : props.act}
          </Button>
        </>
      }
    >
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a second way to send, beside the button */}
      <form ref={place} id={form} className={styles.form} onSubmit={submit} onKeyDown={onKeyDown} autoComplete="off" noValidate>
        {children}
        {asked && (
          <Field
            label={asked.label}
            value={reason}
            onChange={setReason}
            rows={asked.rows ?? 3}
            maxLength={asked.max ?? MAX_REASON}
            isRequired={asked.missing !== null}
            autoFocus
            error={errors.reason ? <span role="alert">{errors.reason}</span> : null}
          />
        )}
        {more}
        {signed?.hint}
        {signed && (
          <PasswordField
            label={words.password}
            inputRef={password}
            autoComplete="current-password"
            error={errors.password ?? null}
            autoFocus={!asked}
          />
        )}
        {sending.isError && !isSaid(sending.error) && (
          <ProblemNotice title={props.failed} error={sending.error} actions={helpOf?.(sending.error)} />
        )}
      </form>
    </Dialog>
  );
}
