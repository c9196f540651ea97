// Taking a bundle of the log, and how it is checked.
import { type SubmitEvent, useState } from 'react';
import { Button } from '../../parts/Button';
import { Copyable } from '../../parts/Copyable';
import { Field } from '../../parts/Field';
import { Notice } from '../../parts/Notice';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { useFirstInvalid } from '../../parts/useFirstInvalid';
import { dayOf, nameOfDay } from '../../records/range';
import { count } from '../../records/words';
import { log } from '../../strings/log';
import { useWork } from '../useWork';
import { type Taken, takeBundle } from './bundle';
import styles from './Log.module.css';

const say = log.bundle;

interface Errors {
  from?: string;
  to?: string;
}

export function BundleForm({ keys }: { keys: readonly string[] }) {
  const [today] = useState(() => dayOf(Date.now()));
  const [from, setFrom] = useState(nameOfDay(today - 29));
  const [to, setTo] = useState(nameOfDay(today));
  const [errors, setErrors] = useState<Errors>({});
  const [taken, setTaken] = useState<Taken | null>(null);
  const place = useFirstInvalid(errors);
  const work = useWork();

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (work.isWorking) return;
    const found = faultsOf(from, to);
    setErrors(found);
    if (Object.keys(found).length > 0) return;
    setTaken(null);
    work.start(async (signal, tell) => setTaken(await takeBundle({ from, to }, signal, tell)));
  };

  return (
    <section className={styles.section}>
      <h2>{say.heading}</h2>
      <p>{say.lead}</p>
      <form ref={place} aria-label={say.label} className={styles.form} onSubmit={submit} noValidate>
        <Field label={say.from} type="date" value={from} onChange={setFrom} description={say.utc} error={errors.from} />
        <Field label={say.to} type="date" value={to} onChange={setTo} description={say.utc} error={errors.to} />
        {work.isWorking ? (
          <Button onPress={work.stop}>{say.stop}</Button>
        ) : (
          <Button type="submit">{say.submit}</Button>
        )}
      </form>
      <p role="status" className={styles.note}>
        {work.progress}
      </p>
      {work.error && <ProblemNotice title={say.failed} error={work.error} />}
      {taken && (
        <Notice tone="good" live="status" title={say.done(taken.name)}>
          <p>{say.doneDetail(count(taken.receipts))}</p>
          {taken.without > 0 && <p>{say.without(count(taken.without))}</p>}
          {taken.unsigned !== '' && <p>{say.unsigned(taken.unsigned)}</p>}
          <p>{say.verify}</p>
          <Copyable label={say.command} text={commandOf(taken.name, keys)} />
        </Notice>
      )}
    </section>
  );
}

const isDay = (text: string) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));

function faultsOf(from: string, to: string): Errors {
  if (!isDay(from)) return { from: say.errors.from };
  if (!isDay(to)) return { to: say.errors.to };
  return to < from ? { to: say.errors.order } : {};
}

export function commandOf(file: string, keys: readonly string[]): string {
  return ['osler audit verify', file, ...keys.map((key) => `--key '${key}'`)].join(' ');
}
