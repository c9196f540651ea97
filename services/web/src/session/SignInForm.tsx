// Name and password. The password is in its field alone, and is taken out of it as soon as it has been refused.
import { useMutation } from '@tanstack/react-query';
import { useRef, useState, type SubmitEvent } from 'react';
import { signIn } from '../api/calls';
import { keys } from '../api/keys';
import { Refused } from '../api/problem';
import { Button } from '../parts/Button';
import { Field } from '../parts/Field';
import { PasswordField } from '../parts/PasswordField';
import { ProblemNotice } from '../parts/ProblemNotice';
import { useCountdown } from '../parts/useCountdown';
import { useFirstInvalid } from '../parts/useFirstInvalid';
import { useServices } from '../shell/services';
import { session as words } from '../strings/session';
import styles from './SignIn.module.css';

interface Errors {
  name?: string;
  password?: string;
}

export function SignInForm() {
  const { queries } = useServices();
  const [name, setName] = useState('');
  const password = useRef<HTMLInputElement>(null);
  const [errors, setErrors] = useState<Errors>({});
  const place = useFirstInvalid(errors);
  // Nothing is handed to `mutate`: it would be kept with the mutation.
  const sending = useMutation({
    mutationFn: () => signIn({ name: name.trim(), password: password.current?.value ?? '' }),
    onSuccess: async (session) => {
      await queries.cancelQueries({ queryKey: keys.session });
      queries.setQueryData(keys.session, session);
    },
    onError: (error) => {
      if (error instanceof Refused && password.current) password.current.value = '';
      if (isWrong(error)) setErrors({ password: words.errors.wrong });
    },
    retry: false,
    gcTime: 0,
  });

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (sending.isPending) return;
    const found: Errors = {};
    if (name.trim() === '') found.name = words.errors.name;
    if (!password.current?.value) found.password = words.errors.password;
    setErrors(found);
    if (Object.keys(found).length > 0) sending.reset();
    else sending.mutate();
  };

  return (
    <form ref={place} className={styles.form} onSubmit={submit} autoCapitalize="none" noValidate>
      <Field
        label={words.name}
        value={name}
        onChange={setName}
        autoComplete="username"
        spellCheck="false"
        autoCorrect="off"
        autoFocus
        error={errors.name ? <span role="alert">{errors.name}</span> : null}
      />
      <PasswordField
        label={words.password}
        inputRef={password}
        autoComplete="current-password"
        error={errors.password ?? null}
      />
      {sending.isError && !isWrong(sending.error) && <Trouble error={sending.error} since={sending.submittedAt} />}
      <span>
        {/* Not disabled while it is sending: it would lose the focus, and the keyboard with it. */}
        <Button look="primary" type="submit">
          {sending.isPending ? words.submitting : words.submit}
        </Button>
      </span>
    </form>
  );
}

const isWrong = (error: unknown) => error instanceof Refused && error.problem.code === 'wrong_credentials';

/** Why nobody was signed in, where that is not because of what was entered. */
function Trouble({ error, since }: { error: unknown; since: number }) {
  const isLocked = error instanceof Refused && error.problem.code === 'locked';
  const left = useCountdown(error instanceof Refused ? (error.retryAfter ?? 0) : 0, since);
  return (
    <ProblemNotice
      title={isLocked ? words.lockedTitle : words.failed}
      error={error}
      ticker={left > 0 ? words.againIn(left) : null}
    />
  );
}
