// Beginning a review: from which days, how many answers, and who rates.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useId, useRef, useState, type SubmitEvent } from 'react';
import { Button } from '../../parts/Button';
import { Dialog } from '../../parts/Dialog';
import { Field, type FieldProps } from '../../parts/Field';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { useFirstInvalid } from '../../parts/useFirstInvalid';
import { VisuallyHidden } from '../../parts/VisuallyHidden';
import { reviews } from '../../strings/reviews';
import { begun, type Draft, type Faults, faultsOf, requestOf } from './begin';
import { beginReview } from './calls';
import { reviewsQuery } from './queries';
import styles from './Reviews.module.css';
import type { ReviewRequest } from './types';

const say = reviews.new;

interface BeginDialogProps {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
}

/** What was entered outlives the dialog, which may have been left by mistake. */
export function BeginDialog({ isOpen, onOpenChange }: BeginDialogProps) {
  const form = useId();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [draft, setDraft] = useState<Draft>(() => begun(Date.now()));
  const [faults, setFaults] = useState<Faults>({});
  const place = useFirstInvalid(faults);
  // A second press may come before the first has been noticed.
  const isSent = useRef(false);
  const sending = useMutation({
    mutationFn: (request: ReviewRequest) => beginReview(request),
    onSuccess: async ({ id }) => {
      onOpenChange(false);
      void queries.invalidateQueries({ queryKey: reviewsQuery.queryKey });
      await navigate({ to: '/audit/reviews/$id', params: { id } });
    },
    onError: (error) => setFaults(faultsOf(error, draft)),
    onSettled: () => {
      isSent.current = false;
    },
    retry: false,
  });

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    event.stopPropagation();
    if (isSent.current) return;
    const found = requestOf(draft);
    setFaults('faults' in found ? found.faults : {});
    if ('faults' in found) {
      sending.reset();
      return;
    }
    isSent.current = true;
    sending.mutate(found.request);
  };

  const field = (name: keyof Draft): Pick<FieldProps, 'value' | 'onChange' | 'error'> => ({
    value: draft[name],
    onChange: (value) => setDraft((before) => ({ ...before, [name]: value })),
    error: faults[name] && <span role="alert">{faults[name]}</span>,
  });
  /** Each of them may be the one that is meant. */
  const person = (name: 'one' | 'two' | 'third') =>
    faults.people && draft[name].trim() !== ''
      ? { ...field(name), error: <VisuallyHidden>{faults.people}</VisuallyHidden> }
      : field(name);
  const account = { spellCheck: 'false', autoCorrect: 'off', autoCapitalize: 'none', autoComplete: 'off' } as const;
  const isOther = sending.isError && Object.keys(faultsOf(sending.error, draft)).length === 0;

  return (
    <Dialog
      title={say.title}
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      foot={
        <>
          <Button onPress={() => onOpenChange(false)}>{say.cancel}</Button>
          <Button look="primary" type="submit" form={form}>
            {sending.isPending ? say.sending : say.submit}
          </Button>
        </>
      }
    >
      <form ref={place} id={form} className={styles.form} onSubmit={submit} autoComplete="off" noValidate>
        <p>{say.strata}</p>
        <Field label={say.name} description={say.nameNote} isRequired {...field('name')} />
        <div className={styles.pair}>
          <Field type="date" label={say.from} description={say.days} isRequired {...field('from')} />
          <Field type="date" label={say.to} description={say.days} isRequired {...field('to')} />
        </div>
        <Field label={say.size} inputMode="numeric" isRequired {...field('size')} />
        <fieldset className={styles.form}>
          <legend className={styles.legend}>{say.people}</legend>
          <p className={styles.soft}>{say.peopleNote}</p>
          <Field label={say.one} isRequired {...account} {...person('one')} />
          <Field label={say.two} isRequired {...account} {...person('two')} />
          <Field label={say.third} description={say.thirdNote} {...account} {...person('third')} />
          {faults.people && (
            <p role="alert" className={styles.fault}>
              {faults.people}
            </p>
          )}
        </fieldset>
        <Field label={say.seed} description={say.seedNote} {...account} {...field('seed')} />
        {isOther && <ProblemNotice title={say.failed} error={sending.error} />}
      </form>
    </Dialog>
  );
}
