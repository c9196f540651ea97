// A key to be, and the key itself, which is shown this once and kept nowhere.
import { type SubmitEvent, useCallback, useId, useState } from 'react';
import { Button } from '../parts/Button';
import { Copyable } from '../parts/Copyable';
import { Dialog } from '../parts/Dialog';
import { Field } from '../parts/Field';
import { Notice } from '../parts/Notice';
import { ProblemNotice } from '../parts/ProblemNotice';
import { useFirstInvalid } from '../parts/useFirstInvalid';
import { accounts } from '../strings/accounts';
import { MAX_LABEL } from './accounts';
import styles from './Accounts.module.css';
import { useAddKey } from './useAccounts';

const say = accounts.newKey;

interface Errors {
  label?: string;
  ends?: string;
}

export function KeyDialog({ account, onClose }: { account: string; onClose: () => void }) {
  const form = useId();
  const [label, setLabel] = useState('');
  const [lastDay, setLastDay] = useState('');
  const [errors, setErrors] = useState<Errors>({});
  const place = useFirstInvalid(errors);
  const add = useAddKey(account);

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (add.isPending) return;
    const ends = lastDay === '' ? null : `${lastDay}T23:59:59Z`;
    const found: Errors = {};
    if (label.trim() === '') found.label = say.errors.label;
    if (ends !== null && !(Date.parse(ends) > Date.now())) found.ends = say.errors.ends;
    setErrors(found);
    if (Object.keys(found).length > 0) add.reset();
    else add.mutate({ label: label.trim(), expires_at: ends });
  };

  if (add.data) return <Shown secret={add.data.key} onClose={onClose} />;
  return (
    <Dialog
      title={say.title}
      size="s"
      isOpen
      onOpenChange={onClose}
      foot={
        <>
          <Button onPress={onClose}>{accounts.cancel}</Button>
          <Button look="primary" type="submit" form={form}>
            {add.isPending ? say.saving : say.save}
          </Button>
        </>
      }
    >
      <form ref={place} id={form} className={styles.form} onSubmit={submit} autoComplete="off" noValidate>
        <Field
          label={say.label}
          description={say.labelNote}
          value={label}
          onChange={setLabel}
          maxLength={MAX_LABEL}
          autoFocus
          isRequired
          error={errors.label}
        />
        <Field label={say.ends} description={say.endsNote} type="date" value={lastDay} onChange={setLastDay} error={errors.ends} />
        {add.isError && <ProblemNotice title={say.failed} error={add.error} />}
      </form>
    </Dialog>
  );
}

function Shown({ secret, onClose }: { secret: string; onClose: () => void }) {
  const [isCopied, setCopied] = useState(false);
  const [isLeaving, setLeaving] = useState(false);
  const onCopied = useCallback(() => setCopied(true), []);
  // Escape is pressed easily, and what it closes here is gone.
  const leave = () => {
    if (isCopied || isLeaving) onClose();
    else setLeaving(true);
  };
  return (
    <Dialog
      title={say.shownTitle}
      isAlert
      isOpen
      onOpenChange={leave}
      foot={
        <Button look="primary" onPress={onClose}>
          {say.done}
        </Button>
      }
    >
      <div className={styles.form}>
        <Notice tone="warn">{say.shown}</Notice>
        <Copyable label={say.secret} text={secret} onCopied={onCopied} />
        <p className={styles.note}>{say.how}</p>
        {isLeaving && !isCopied && (
          <Notice tone="stop" live="alert">
            {say.uncopied}
          </Notice>
        )}
      </div>
    </Dialog>
  );
}
