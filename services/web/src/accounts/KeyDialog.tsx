// A key to be, and the key itself, which is shown this once and kept nowhere.
import { useCallback, useState } from 'react';
import { ActDialog } from '../parts/ActDialog';
import { Button } from '../parts/Button';
import { Copyable } from '../parts/Copyable';
import { Dialog } from '../parts/Dialog';
import { Field } from '../parts/Field';
import { Notice } from '../parts/Notice';
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
  const [label, setLabel] = useState('');
  const [lastDay, setLastDay] = useState('');
  const [errors, setErrors] = useState<Errors>({});
  const [secret, setSecret] = useState<string | null>(null);
  const add = useAddKey(account);
  const ends = lastDay === '' ? null : `${lastDay}T23:59:59Z`;

  const check = () => {
    const found: Errors = {};
    if (label.trim() === '') found.label = say.errors.label;
    if (ends !== null && !(Date.parse(ends) > Date.now())) found.ends = say.errors.ends;
    setErrors(found);
    return Object.keys(found).length === 0;
  };

  if (secret !== null) return <Shown secret={secret} onClose={onClose} />;
  return (
    <ActDialog
      title={say.title}
      size="s"
      more={
        <>
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
          <Field
            label={say.ends}
            description={say.endsNote}
            type="date"
            value={lastDay}
            onChange={setLastDay}
            error={errors.ends}
          />
        </>
      }
      check={check}
      act={say.save}
      acting={say.saving}
      failed={say.failed}
      send={() => add.mutateAsync({ label: label.trim(), expires_at: ends })}
      onDone={({ key }) => setSecret(key)}
      onClose={onClose}
    />
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
