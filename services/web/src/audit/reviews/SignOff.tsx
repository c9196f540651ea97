// Signing a review off. The password is in its field alone, and goes with the dialog.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useRef, useState, type SubmitEvent } from 'react';
import { Refused } from '../../api/problem';
import { Button } from '../../parts/Button';
import { Dialog } from '../../parts/Dialog';
import { Field } from '../../parts/Field';
import { Notice } from '../../parts/Notice';
import { PasswordField } from '../../parts/PasswordField';
import { ProblemNotice, sentence } from '../../parts/ProblemNotice';
import { useCountdown } from '../../parts/useCountdown';
import { useFirstInvalid } from '../../parts/useFirstInvalid';
import type { Session } from '../../session/types';
import { reviews } from '../../strings/reviews';
import { countPoints } from '../../text/points';
import { signReview } from './calls';
import { isOutdated, MAX_TEXT } from './judgement';
import { reviewQuery } from './queries';
import styles from './Reviews.module.css';

const say = reviews.sign;

interface SignOffProps {
  id: string;
  /** Of the record whose numbers are on the page. */
  recordHash: string;
  session: Session;
}

export function SignOff({ id, recordHash, session }: SignOffProps) {
  const [isOpen, setOpen] = useState(false);
  const [meaning, setMeaning] = useState('');
  return (
    <section className={styles.section} aria-labelledby="sign-off" data-no-print>
      <h2 id="sign-off">{say.title}</h2>
      <p>{say.lead}</p>
      {session.sign_in.password || session.sign_in.provider != null ? (
        <p>
          <Button look="primary" onPress={() => setOpen(true)}>
            {say.open}
          </Button>
        </p>
      ) : (
        <Notice tone="warn">{say.noPassword}</Notice>
      )}
      {isOpen && (
        <SignDialog
          id={id}
          recordHash={recordHash}
          session={session}
          meaning={meaning}
          onMeaning={setMeaning}
          onClose={() => setOpen(false)}
        />
      )}
    </section>
  );
}

interface Faults {
  meaning?: string;
  password?: string;
}

interface SignDialogProps extends SignOffProps {
  meaning: string;
  onMeaning: (meaning: string) => void;
  onClose: () => void;
}

function SignDialog({ id, recordHash, session, meaning, onMeaning, onClose }: SignDialogProps) {
  const form = useId();
  const queries = useQueryClient();
  const password = useRef<HTMLInputElement>(null);
  const [faults, setFaults] = useState<Faults>({});
  const place = useFirstInvalid(faults);
  // A second press may come before the first has been noticed.
  const isSent = useRef(false);
  const name = session.account?.full_name ?? session.account?.name ?? '';
  const provider = session.sign_in.provider ?? null;
  // The password is not handed to `mutate`: it would be kept with the mutation.
  const sending = useMutation({
    mutationFn: () =>
      signReview(id, { meaning: meaning.trim(), record_hash: recordHash, password: password.current?.value ?? '' }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: reviewQuery(id).queryKey, exact: true });
      void queries.invalidateQueries({ queryKey: ['reviews'] });
      onClose();
    },
    onError: (error) => {
      const found = faultsOf(error);
      if (error instanceof Refused && password.current) password.current.value = '';
      setFaults(found);
    },
    onSettled: () => {
      isSent.current = false;
    },
    retry: false,
    gcTime: 0,
  });

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    event.stopPropagation();
    if (isSent.current) return;
    const found: Faults = {};
    if (meaning.trim() === '') found.meaning = say.errors.meaning;
    if (countPoints(meaning.trim()) > MAX_TEXT) found.meaning = say.errors.long;
    if (provider === null && !password.current?.value) found.password = say.errors.password;
    setFaults(found);
    if (Object.keys(found).length > 0) {
      sending.reset();
      return;
    }
    isSent.current = true;
    sending.mutate();
  };

  return (
    <Dialog
      title={say.dialog}
      isAlert
      isOpen
      onOpenChange={onClose}
      foot={
        <>
          <Button onPress={onClose}>{say.cancel}</Button>
          <Button look="primary" type="submit" form={form}>
            {sending.isPending ? say.sending : say.submit}
          </Button>
        </>
      }
    >
      <form ref={place} id={form} className={styles.form} onSubmit={submit} noValidate>
        <Notice tone="warn">{say.binds}</Notice>
        <div>
          <p className={styles.legend}>{say.hash}</p>
          <code className={styles.hash}>{recordHash}</code>
        </div>
        <p>{say.as(name)}</p>
        <input type="text" autoComplete="username" value={session.account?.name ?? ''} readOnly hidden />
        <Field
          label={say.meaning}
          description={say.meaningNote}
          rows={2}
          value={meaning}
          onChange={onMeaning}
          isRequired
          error={faults.meaning && <span role="alert">{faults.meaning}</span>}
        />
        {provider !== null && <p className={styles.note}>{say.provider(provider)}</p>}
        <PasswordField
          label={say.password}
          inputRef={password}
          autoComplete="current-password"
          error={faults.password ?? null}
        />
        {sending.isError && Object.keys(faultsOf(sending.error)).length === 0 && (
          <Trouble
            error={sending.error}
            since={sending.submittedAt}
            onReread={() => {
              sending.reset();
              void queries.invalidateQueries({ queryKey: reviewQuery(id).queryKey });
            }}
          />
        )}
      </form>
    </Dialog>
  );
}

/** Which field the server has refused, and why. */
function faultsOf(error: unknown): Faults {
  if (!(error instanceof Refused)) return {};
  const { code, detail } = error.problem;
  if (code === 'wrong_credentials') return { password: say.errors.wrong };
  if (code === 'bad_field' && /^the meaning\b/.test(detail)) return { meaning: sentence(detail) };
  return {};
}

function Trouble({ error, since, onReread }: { error: unknown; since: number; onReread: () => void }) {
  const left = useCountdown(error instanceof Refused ? (error.retryAfter ?? 0) : 0, since);
  return (
    <ProblemNotice
      title={say.failed}
      error={error}
      ticker={left > 0 ? say.locked(left) : null}
      actions={isOutdated(error) && <Button onPress={onReread}>{say.again}</Button>}
    />
  );
}
