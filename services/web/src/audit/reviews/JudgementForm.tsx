// A rating with its comment, or a decision with its reason.
import { useMutation } from '@tanstack/react-query';
import { type RefObject, useRef, useState, type SubmitEvent } from 'react';
import { Button } from '../../parts/Button';
import { Checks } from '../../parts/Checks';
import { Choice, type Option } from '../../parts/Choice';
import { Field } from '../../parts/Field';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { useFirstInvalid } from '../../parts/useFirstInvalid';
import { reviews } from '../../strings/reviews';
import { countPoints } from '../../text/points';
import { rate, settle } from './calls';
import styles from './Desk.module.css';
import { type Draft, type Faults, faultsOf, isOutdated, MAX_TEXT, optionsFor, refusedText } from './judgement';
import { Said } from './Said';
import type { Item, Rating, WholeItem } from './types';
import { useKeys } from './useKeys';
import { isAbstention } from './words';

const say = reviews.form;

interface JudgementFormProps {
  review: string;
  item: WholeItem;
  work: 'rate' | 'settle';
  /** Where keys are listened for. */
  desk: RefObject<HTMLElement | null>;
  draft: Draft;
  onDraft: (draft: Draft) => void;
  onSaved: (item: Item) => void;
  onReread: () => void;
}

export function JudgementForm({ review, item, work, desk, draft, onDraft, onSaved, onReread }: JudgementFormProps) {
  const isSettling = work === 'settle';
  const [faults, setFaults] = useState<Faults>({});
  const form = useFirstInvalid(faults);
  // A second Enter may come before the first has been noticed.
  const isSent = useRef(false);
  const sending = useMutation({
    mutationFn: ({ rating, text }: { rating: NonNullable<Draft['rating']>; text: string }) =>
      isSettling ? settle(review, item.n, rating, text) : rate(review, item.n, rating, text === '' ? null : text),
    onSuccess: onSaved,
    onError: (error) => {
      const text = refusedText(error);
      setFaults(text === null ? {} : { text });
    },
    onSettled: () => {
      isSent.current = false;
    },
    retry: false,
  });

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (isSent.current) return;
    const found = faultsOf(draft, isSettling);
    setFaults(found);
    if (draft.rating === null || Object.keys(found).length > 0) {
      sending.reset();
      return;
    }
    isSent.current = true;
    sending.mutate({ rating: draft.rating, text: draft.text.trim() });
  };

  const options = optionsFor(item);
  const [hasKeys, setKeys] = useKeys(desk, form, (key) => {
    const chosen = options.find(({ hotkey }) => hotkey === key);
    if (chosen) onDraft({ ...draft, rating: chosen.value });
    return chosen !== undefined;
  });
  const left = MAX_TEXT - countPoints(draft.text.trim());
  const note = [isSettling ? '' : say.commentNote, left < MAX_TEXT * 0.2 ? say.left(left) : ''].filter(Boolean).join(' ');

  return (
    <form ref={form} className={styles.form} onSubmit={submit} autoComplete="off" noValidate>
      {isSettling && <Said item={item} work={work} />}
      {item.own && <p className={styles.note}>{say.change}</p>}
      {item.own && <Said item={item} work={work} />}
      <Choice
        label={isSettling ? say.decision : isAbstention(item) ? say.abstention : say.statement}
        options={hasKeys ? options : withoutKeys(options)}
        value={draft.rating}
        onChange={(rating) => onDraft({ ...draft, rating })}
        isRequired
        error={faults.rating ?? null}
      />
      <Field
        label={isSettling ? say.reason : say.comment}
        {...(note === '' ? {} : { description: note })}
        rows={3}
        value={draft.text}
        onChange={(text) => onDraft({ ...draft, text })}
        isRequired={isSettling}
        error={faults.text && <span role="alert">{faults.text}</span>}
      />
      {sending.isError && refusedText(sending.error) === null && (
        <ProblemNotice
          title={isSettling ? say.notSettled : say.failed}
          error={sending.error}
          actions={
            isOutdated(sending.error) && (
              <Button
                onPress={() => {
                  sending.reset();
                  onReread();
                }}
              >
                {say.again}
              </Button>
            )
          }
        />
      )}
      <span>
        {/* Not disabled while it is sending: it would lose the focus, and the keyboard with it. */}
        <Button look="primary" type="submit">
          {sending.isPending ? say.saving : isSettling ? say.settle : say.save}
        </Button>
      </span>
      <Checks
        label={say.keysLabel}
        options={[{ value: 'keys', label: say.keys }]}
        value={hasKeys ? ['keys'] : []}
        onChange={(chosen) => setKeys(chosen.length > 0)}
      />
    </form>
  );
}

const withoutKeys = (options: readonly Option<Rating>[]): Option<Rating>[] =>
  options.map(({ value, label, note }) => ({ value, label, ...(note === undefined ? {} : { note }) }));
