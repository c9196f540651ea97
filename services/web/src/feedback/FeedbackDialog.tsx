// What a reader says of an answer or of one statement, and reports of a risk to safety.
import { useMutation } from '@tanstack/react-query';
import { useEffect, useId, useRef, useState, type SubmitEvent } from 'react';
import { sendFeedback } from '../api/calls';
import type { FeedbackReport } from '../api/types';
import { Button } from '../parts/Button';
import { Choice, type Option } from '../parts/Choice';
import { Dialog } from '../parts/Dialog';
import { Field } from '../parts/Field';
import { Notice } from '../parts/Notice';
import { ProblemNotice } from '../parts/ProblemNotice';
import { useFirstInvalid } from '../parts/useFirstInvalid';
import { feedback as say } from '../strings/feedback';
import { countPoints } from '../text/points';
import styles from './FeedbackDialog.module.css';
import { begun, drafts, MAX_COMMENT, reportOf, takesCategory, type Draft, type DraftErrors } from './report';

interface FeedbackDialogProps {
  answerId: string;
  /** Counted from 1; null for the whole answer. */
  statement: number | null;
  kind: 'feedback' | 'safety';
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
}

export function FeedbackDialog(props: FeedbackDialogProps) {
  const name = [props.kind, props.answerId, props.statement].join('/');
  // Another subject is another form.
  return <FeedbackForm key={name} name={name} {...props} />;
}

function FeedbackForm({
  name,
  answerId,
  statement,
  kind,
  isOpen,
  onOpenChange,
}: FeedbackDialogProps & { name: string }) {
  const form = useId();
  const [draft, setDraft] = useState<Draft>(() => drafts.of(name) ?? begun(kind));
  const [errors, setErrors] = useState<DraftErrors>({});
  const place = useFirstInvalid(errors);
  const sending = useMutation({
    mutationFn: (report: FeedbackReport) => sendFeedback(answerId, report),
    onSuccess: () => drafts.drop(name),
    // Sending twice would report twice: only the reader tries again.
    retry: false,
  });

  // The form and its button are gone: the focus goes to what came of it, which is read aloud then.
  const receipt = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (sending.isSuccess) receipt.current?.focus();
  }, [sending.isSuccess]);

  const write = (change: Partial<Draft>) => {
    const next = { ...draft, ...change };
    setDraft(next);
    drafts.keep(name, next);
  };

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    event.stopPropagation();
    const found = reportOf(draft, statement);
    setErrors('errors' in found ? found.errors : {});
    if ('report' in found && !sending.isPending) sending.mutate(found.report);
  };

  const close = (next: boolean) => {
    if (!next && sending.isSuccess) {
      setDraft(begun(kind));
      sending.reset();
    }
    onOpenChange(next);
  };

  return (
    <Dialog
      title={say.titles[kind]}
      isOpen={isOpen}
      onOpenChange={close}
      foot={
        sending.isSuccess ? (
          <Button look="primary" onPress={() => close(false)}>
            {say.close}
          </Button>
        ) : (
          <>
            <Button onPress={() => close(false)}>{say.cancel}</Button>
            {/* Not disabled while it is sending: it would lose the focus, and the keyboard with it. */}
            <Button look="primary" type="submit" form={form}>
              {sending.isPending ? say.sending : say.send[kind]}
            </Button>
          </>
        )
      }
    >
      {sending.isSuccess ? (
        <div ref={receipt} tabIndex={-1} className={styles.receipt}>
          <Notice tone="good" title={say.thanks[kind]}>
            <p>
              {say.receipt} <code className={styles.id}>{sending.data.id}</code>
            </p>
          </Notice>
        </div>
      ) : (
        <form ref={place} id={form} className={styles.form} onSubmit={submit} autoComplete="off" noValidate>
          <p>
            {say.about(statement)} {say.intros[kind]}
          </p>
          <Notice tone="warn">{say.noPatient}</Notice>
          <Fields kind={kind} draft={draft} errors={errors} onWrite={write} />
          {sending.isError && <ProblemNotice title={say.failed} error={sending.error} />}
        </form>
      )}
    </Dialog>
  );
}

interface FieldsProps {
  kind: 'feedback' | 'safety';
  draft: Draft;
  errors: DraftErrors;
  onWrite: (change: Partial<Draft>) => void;
}

function Fields({ kind, draft, errors, onWrite }: FieldsProps) {
  const isSafety = kind === 'safety';
  const used = countPoints(draft.comment);
  return (
    <>
      {!isSafety && (
        <Choice
          label={say.kind}
          options={options(say.kinds)}
          value={draft.kind === 'safety' ? null : draft.kind}
          onChange={(chosen) => onWrite({ kind: chosen })}
          isRequired
          error={errors.kind ?? null}
        />
      )}
      {takesCategory(draft) && (
        <Choice
          label={say.category}
          options={options(say.categories)}
          value={draft.category}
          onChange={(category) => onWrite({ category })}
          isRequired={isSafety}
          error={errors.category ?? null}
        />
      )}
      {isSafety && (
        <Choice
          label={say.severity}
          options={Object.entries(say.severities).map(([value, words]) => ({
            value: value as keyof typeof say.severities,
            ...words,
          }))}
          value={draft.severity}
          onChange={(severity) => onWrite({ severity })}
          isRequired
          error={errors.severity ?? null}
        />
      )}
      <Field
        label={say.comment[kind]}
        {...(used > MAX_COMMENT * 0.8 ? { description: say.left(MAX_COMMENT - used) } : {})}
        rows={5}
        value={draft.comment}
        onChange={(comment) => onWrite({ comment })}
        isRequired={isSafety}
        error={errors.comment ?? null}
      />
    </>
  );
}

function options<T extends string>(words: Record<T, string>): Option<T>[] {
  return (Object.entries(words) as [T, string][]).map(([value, label]) => ({ value, label }));
}
