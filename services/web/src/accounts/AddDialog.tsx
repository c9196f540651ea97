// An account to be. Its password is in its field alone, and goes with the dialog.
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { Refused } from '../api/problem';
import { ActDialog } from '../parts/ActDialog';
import { Checks } from '../parts/Checks';
import { Choice } from '../parts/Choice';
import { Field } from '../parts/Field';
import { PasswordField } from '../parts/PasswordField';
import { sentence } from '../parts/ProblemNotice';
import type { Role } from '../session/types';
import { accounts } from '../strings/accounts';
import { folded, isName, MAX_FULL_NAME, MAX_NAME, roleOptions } from './accounts';
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
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [fullName, setFullName] = useState('');
  const [roles, setRoles] = useState<readonly Role[]>(['clinician']);
  const [way, setWay] = useState<Way>('password');
  const password = useRef<HTMLInputElement>(null);
  const [errors, setErrors] = useState<Errors>({});
  const add = useAdd();

  const check = () => {
    const found: Errors = {};
    if (!isName(name)) found.name = say.errors.name;
    if ([...fullName.trim()].length > MAX_FULL_NAME) found.fullName = say.errors.fullName;
    if (way === 'password' && !password.current?.value) found.password = say.errors.password;
    setErrors(found);
    return Object.keys(found).length === 0;
  };
  const made = () => ({
    name: folded(name),
    full_name: fullName.trim() || null,
    roles: [...roles],
    password: way === 'password' ? (password.current?.value ?? null) : null,
  });

  return (
    <ActDialog
      title={say.title}
      more={
        <>
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
        </>
      }
      check={check}
      act={say.save}
      acting={say.saving}
      failed={say.failed}
      send={() => add.mutateAsync(made)}
      onDone={({ id }) => {
        onClose();
        void navigate({ to: '/accounts', search: { account: id } });
      }}
      onFailed={(error) => setErrors(faultOf(error))}
      isTold={(error) => Object.keys(faultOf(error)).length > 0}
      onClose={onClose}
    />
  );
}

/** Which field the server has refused, and why. */
function faultOf(error: unknown): Errors {
  if (!(error instanceof Refused)) return {};
  if (error.problem.code === 'name_taken') return { name: say.errors.taken };
  if (error.problem.code === 'bad_password') return { password: sentence(error.problem.detail) };
  return {};
}
