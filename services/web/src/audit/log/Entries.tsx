// The entries of the log, the latest first.
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type SubmitEvent, useState } from 'react';
import { Button } from '../../parts/Button';
import { Disclosure } from '../../parts/Disclosure';
import { Field } from '../../parts/Field';
import { Notice } from '../../parts/Notice';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { Skeleton } from '../../parts/Skeleton';
import { useArrival } from '../../parts/useArrival';
import { count } from '../../records/words';
import { log } from '../../strings/log';
import { timeUtc } from '../../text/times';
import { type EntriesWanted, entriesQuery, type LogEntry, STRETCH } from './calls';
import styles from './Log.module.css';

const say = log.entries;

type Search = Partial<Record<'action' | 'actor' | 'before', string>>;

const wantedOf = ({ action, actor }: Search): EntriesWanted => ({ ...(action ? { action } : {}), ...(actor ? { actor } : {}) });

export function Entries() {
  const search: Search = useSearch({ from: '/audit/log' });
  const before = search.before !== undefined && /^\d{1,15}$/.test(search.before) ? Number(search.before) : null;
  const wanted = wantedOf(search);
  const heading = useArrival(`${wanted.action} ${wanted.actor} ${before}`);
  const entries = useQuery(entriesQuery(wanted, before));
  const last = entries.data?.at(-1);
  const hasMore = entries.data?.length === STRETCH && last !== undefined && last.seq > 0;
  return (
    <section className={styles.section}>
      <h2 ref={heading} tabIndex={-1}>
        {say.heading}
      </h2>
      <Filter key={`${wanted.action} ${wanted.actor}`} wanted={wanted} />
      {entries.isPending && <Skeleton lines={6} label={say.loading} />}
      {entries.isError && (
        <ProblemNotice
          title={say.failed}
          error={entries.error}
          actions={<Button onPress={() => void entries.refetch()}>{say.retry}</Button>}
        />
      )}
      {entries.data?.length === 0 && <Notice title={say.none}>{say.noneDetail}</Notice>}
      {last && (
        <ol className={styles.entries} aria-label={say.list}>
          {entries.data?.map((entry) => (
            <li key={entry.seq}>
              <One entry={entry} />
            </li>
          ))}
        </ol>
      )}
      {(before !== null || hasMore) && (
        <nav aria-label={say.pages} className={styles.links}>
          {before !== null && (
            <Link to="/audit/log" search={wanted} resetScroll={false}>
              {say.latest}
            </Link>
          )}
          {hasMore && (
            <Link to="/audit/log" search={{ ...wanted, before: String(last.seq) }} resetScroll={false}>
              {say.older}
            </Link>
          )}
        </nav>
      )}
    </section>
  );
}

function Filter({ wanted }: { wanted: EntriesWanted }) {
  const navigate = useNavigate();
  const [action, setAction] = useState(wanted.action ?? '');
  const [actor, setActor] = useState(wanted.actor ?? '');
  const words = say.form;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const search = wantedOf({ action: action.trim(), actor: actor.trim() });
    void navigate({ to: '/audit/log', search, resetScroll: false });
  };
  return (
    <form aria-label={words.label} className={styles.form} onSubmit={submit} autoComplete="off" noValidate>
      <Field label={words.action} description={words.actionNote} value={action} onChange={setAction} maxLength={128} />
      <Field label={words.actor} description={words.actorNote} value={actor} onChange={setActor} maxLength={128} />
      <Button type="submit">{words.submit}</Button>
      {(wanted.action ?? wanted.actor) !== undefined && (
        <Link to="/audit/log" resetScroll={false}>
          {words.all}
        </Link>
      )}
    </form>
  );
}

function One({ entry }: { entry: LogEntry }) {
  const { seq, at, action, actor, role, object } = entry;
  return (
    <Disclosure
      title={
        <span className={styles.entry}>
          <span className={styles.place}>{say.line(count(seq), timeUtc(at, true))}</span> <code>{action}</code>{' '}
          <span className={styles.by}>{say.by(actor, role)}</span>
        </span>
      }
    >
      <p className={styles.links}>
        {typeof object['answer'] === 'string' && (
          <Link to="/audit/answers/$id" params={{ id: object['answer'] }}>
            {say.answer}
          </Link>
        )}
        <Link to="/audit/log" search={{ action }} resetScroll={false}>
          {say.sameAction(action)}
        </Link>
        <Link to="/audit/log" search={{ actor }} resetScroll={false}>
          {say.sameActor}
        </Link>
      </p>
      <pre className={styles.json}>{JSON.stringify(entry, null, 2)}</pre>
    </Disclosure>
  );
}
