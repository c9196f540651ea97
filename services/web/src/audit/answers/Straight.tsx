// The way to a record whose id is known.
import { useNavigate } from '@tanstack/react-router';
import { type SubmitEvent, useState } from 'react';
import { Button } from '../../parts/Button';
import { Field } from '../../parts/Field';
import { useFirstInvalid } from '../../parts/useFirstInvalid';
import { answersFound } from '../../strings/answersFound';
import styles from './Answers.module.css';
import { isId } from './filters';

const say = answersFound.straight;

export function Straight() {
  const navigate = useNavigate();
  const [id, setId] = useState('');
  const [errors, setErrors] = useState<{ id?: string }>({});
  const form = useFirstInvalid(errors);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const wanted = id.trim();
    if (isId(wanted)) void navigate({ to: '/audit/answers/$id', params: { id: wanted } });
    else setErrors({ id: say.error });
  };
  return (
    <form ref={form} aria-label={say.label} className={styles.straight} onSubmit={submit} autoComplete="off" noValidate>
      <Field label={say.id} value={id} onChange={setId} error={errors.id} spellCheck="false" maxLength={64} />
      <Button type="submit">{say.open}</Button>
    </form>
  );
}
