// An account to be. Its password is in its field alone, and goes with the dialog.
import { useNavigate } from '@tanstack/react-router';
import { type SubmitEvent, useId, useRef, useState } from 'react';
import { Refused } from '../api/problem';
import { Button } from '../parts/Button';
import { Checks } from '../parts/Checks';
import { Choice } from '../parts/Choice';
import { Dialog } from '../parts/Dialog';
import { Field } from '../parts/Field';
import { PasswordField } from '../parts/PasswordField';
import { ProblemNotice, sentence } from '../parts/ProblemNotice';
import { useFirstInvalid } from '../parts/useFirstInvalid';
import type { Role } from '../session/types';
import { accounts } from '../strings/accounts';
import { folded, isName, MAX_FULL_NAME, MAX_NAME, roleOptions } from './accounts';
import styles from './Accounts.module.css';
import { useAdd } from './useAccounts';

const say = accounts.new;

type Way = keyof typeof say.ways;

const ways = (['password', 'keys'] as const).map((value) => ({ value, ...say.ways[value] }));

interface Errors {
  name?: string;
  fullName?: string;
  password?: string;
}

export function AddDialog({ onClose }: { onClose: () => void }) {
  const form = useId();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [fullName, setFullName] = useState('');
  const [roles, setRoles] = useState<readonly Role[]>(['clinician']);
  const [way, setWay] = useState<Way>('password');
  const password = useRef<HTMLInputElement>(null);
  const [errors, setErrors] = useState<Errors>({});
  const place = useFirstInvalid(errors);
  const add = useAdd();

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (add.isPending) return;
    const found: Errors = {};
    if (!isName(name)) found.name = say.errors.name;
    if ([...fullName.trim()].length > MAX_FULL_NAME) found.fullName = say.errors.fullName;
    if (way === 'password' && !password.current?.value) found.password = say.errors.password;
    setErrors(found);
    if (Object.keys(found).length > 0) {
      add.reset();
      return;
    }
    const made = () => ({
      name: folded(name),
      full_name: fullName.trim() || null,
      roles: [...roles],
      password: way === 'password' ? (password.current?.value ?? null) : null,
    });
    add.mutate(made, {
      onSuccess: ({ id }) => {
        onClose();
        void navigate({ to: '/accounts', search: { account: id } });
      },
      onError: (error) => setErrors(faultOf(error)),
    });
  };

  return (
    <Dialog
      title={say.title}
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
          label={say.name}
          description={say.nameNote}
          value={name}
          onChange={setName}
          maxLength={MAX_NAME}
          spellCheck="false"
          autoFocus
          isRequired
          error={errors.name}
        />
        <Field
          label={say.fullName}
          description={say.fullNameNote}
          value={fullName}
          onChange={setFullName}
          error={errors.fullName}
        />
        <Checks label={say.roles} options={roleOptions} value={roles} onChange={setRoles} />
        <Choice label={say.way} options={ways} value={way} onChange={setWay} />
        {way === 'password' && (
          <PasswordField
            label={say.password}
            inputRef={password}
            autoComplete="new-password"
            error={errors.password ?? null}
          />
        )}
        {add.isError && isOther(add.error) && <ProblemNotice title={say.failed} error={add.error} />}
      </form>
    </Dialog>
  );
}

/** Which field the server has refused, and why. */
function faultOf(error: unknown): Errors {
  if (!(error instanceof Refused)) return {};
  if (error.problem.code === 'name_taken') return { name: say.errors.taken };
  if (error.problem.code === 'bad_password') return { password: sentence(error.problem.detail) };
  return {};
}

const isOther = (error: unknown) => Object.keys(faultOf(error)).length === 0;
