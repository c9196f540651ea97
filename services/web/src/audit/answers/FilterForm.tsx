// Which answers are wanted, by any of their fields. It shows what stands in the address, and puts there what is asked for.
import { Link, useNavigate } from '@tanstack/react-router';
import { type SubmitEvent, useState } from 'react';
import { Button } from '../../parts/Button';
import { Field } from '../../parts/Field';
import { Select } from '../../parts/Select';
import { useFirstInvalid } from '../../parts/useFirstInvalid';
import { answersFound } from '../../strings/answersFound';
import styles from './Answers.module.css';
import { faultsOf, type Filters, filtersOf } from './filters';
import { statusOptions, statusWord, verdictOptions } from './words';

const say = answersFound.form;
const MOST = 200;
const none: object = {};

/** A day has the browser's own field; a time does not fit into it. */
const typeOf = (value: string | undefined) => (value === undefined || /^(?:\d{4}-\d{2}-\d{2})?$/.test(value) ? 'date' : 'text');

export function FilterForm({ filters }: { filters: Filters }) {
  const navigate = useNavigate();
  const [draft, setDraft] = useState(filters);
  const [faults, setFaults] = useState(() => faultsOf(filters));
  const [tried, setTried] = useState(none);
  const form = useFirstInvalid(tried);

  const field = (name: keyof Filters) => ({
    value: draft[name] ?? '',
    onChange: (value: string) => setDraft({ ...draft, [name]: value }),
    error: faults[name],
    maxLength: MOST,
  });
  const choice = (name: 'status' | 'verdict', options: typeof statusOptions, other: (value: string) => string) => {
    const value = draft[name] ?? '';
    const isListed = value === '' || options.some((one) => one.value === value);
    return {
      value,
      onChange: (chosen: string) => setDraft({ ...draft, [name]: chosen }),
      options: [{ value: '', label: say.any }, ...options, ...(isListed ? [] : [{ value, label: other(value) }])],
    };
  };

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const wanted = filtersOf(draft);
    const found = faultsOf(wanted);
    setFaults(found);
    if (Object.keys(found).length > 0) setTried({});
    else void navigate({ to: '/audit/answers', search: wanted, resetScroll: false });
  };

  return (
    <form ref={form} aria-label={say.label} className={styles.form} onSubmit={submit} autoComplete="off" noValidate>
      <p className={styles.note}>{say.note}</p>
      <Field label={say.from} type={typeOf(filters.from)} {...field('from')} />
      <Field label={say.to} type={typeOf(filters.to)} {...field('to')} />
      <Select label={say.status} {...choice('status', statusOptions, statusWord)} />
      <Select label={say.verdict} {...choice('verdict', verdictOptions, (name) => name)} />
      <Field label={say.actor} {...field('actor')} />
      <Field label={say.model} {...field('model')} />
      <Field label={say.document} {...field('document')} />
      <Field label={say.version} inputMode="numeric" {...field('version')} />
      <Field label={say.snapshot} inputMode="numeric" {...field('snapshot')} />
      <div className={styles.submit}>
        <Button look="primary" type="submit">
          {say.submit}
        </Button>
        {Object.keys(filters).length > 0 && (
          <Link to="/audit/answers" resetScroll={false}>
            {say.all}
          </Link>
        )}
      </div>
    </form>
  );
}
