// Which state of the library is asked: the current one, or an older one. Those who may see the list of states choose from it;
// others give the number that an answer named.
import { useQuery } from '@tanstack/react-query';
import { type SubmitEvent, useState } from 'react';
import { aboutQuery } from '../api/keys';
import { snapshotsQuery } from '../library/queries';
import { Button } from '../parts/Button';
import { Field } from '../parts/Field';
import { Select } from '../parts/Select';
import { Skeleton } from '../parts/Skeleton';
import { useSession } from '../session/useSession';
import { useBench } from '../shell/services';
import { ask } from '../strings';
import styles from './FilterPanel.module.css';
import { asOfWords } from './filters';

const say = ask.asOf;

export function AsOfChoice() {
  const { mayKeep } = useSession();
  return mayKeep ? <FromList /> : <ByNumber />;
}

function FromList() {
  const { asOf, setAsOf } = useBench();
  const { data, error } = useQuery(snapshotsQuery);
  if (error) return <ByNumber />;
  if (!data) return <Skeleton />;
  const others = data.snapshots
    .filter(({ number }) => number !== data.published)
    .map(({ number, published_at }) => ({ number, publishedAt: published_at }));
  if (others.length === 0) return <p className={styles.note}>{say.none}</p>;
  return (
    <Select
      label={say.label}
      value={asOf ? String(asOf.number) : ''}
      options={[
        { value: '', label: say.now },
        ...others.map((one) => ({ value: String(one.number), label: asOfWords(one) })),
      ]}
      onChange={(value) => {
        setAsOf(others.find(({ number }) => String(number) === value) ?? null);
      }}
    />
  );
}

function ByNumber() {
  const { asOf, setAsOf } = useBench();
  const { data } = useQuery(aboutQuery);
  const [typed, setTyped] = useState(asOf ? String(asOf.number) : '');
  const [error, setError] = useState<string | null>(null);
  const published = data?.snapshot ?? null;
  if (published !== null && published <= 1) return <p className={styles.note}>{say.none}</p>;

  const use = (event: SubmitEvent) => {
    event.preventDefault();
    // Portals pass events up the tree of components: the question's form must not see this one.
    event.stopPropagation();
    const text = typed.trim();
    const number = /^\d{1,9}$/.test(text) ? Number(text) : 0;
    const isOlder = number > 0 && (published === null || number < published);
    setError(isOlder || text === '' ? null : say.wrong(published));
    if (text === '') setAsOf(null);
    else if (isOlder) setAsOf({ number, publishedAt: null });
  };
  return (
    <form onSubmit={use} noValidate autoComplete="off" className={styles.add}>
      <Field
        label={say.number}
        description={say.numberNote(published)}
        inputMode="numeric"
        maxLength={9}
        value={typed}
        onChange={setTyped}
        error={error}
      />
      <Button type="submit" size="s">
        {say.use}
      </Button>
    </form>
  );
}
