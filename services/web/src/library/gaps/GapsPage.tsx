// What people look for and the corpora do not hold.
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { Button } from '../../parts/Button';
import { Field } from '../../parts/Field';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { Skeleton } from '../../parts/Skeleton';
import { useSession } from '../../session/useSession';
import { useTitle } from '../../shell/useTitle';
import { act } from '../../strings/act';
import { gaps as say } from '../../strings/gaps';
import { gapsAddress } from '../calls';
import styles from '../Desk.module.css';
import { gapsQuery } from '../queries';
import { gapStates, searchOf, type View, viewOf } from './gaps';
import { TicketList } from './TicketList';

/** Browsers refuse to write the address again and again in a short time. */
const WRITE_AFTER_MS = 300;

export function GapsPage() {
  useTitle(say.title);
  const { mayCurate } = useSession();
  const navigate = useNavigate();
  const view = viewOf(useSearch({ from: '/library/gaps' }));
  const gaps = useQuery(gapsQuery(view.state));
  const go = (next: View) =>
    void navigate({ to: '/library/gaps', search: searchOf(next), replace: true, resetScroll: false });

  return (
    <div className={styles.page}>
      <h1>{say.title}</h1>
      <p className={styles.lead}>{say.lead}</p>
      {!mayCurate && <p className={styles.note}>{say.mayNot}</p>}
      <nav aria-label={say.statesLabel}>
        <ul className={styles.filters}>
          {gapStates.map((state) => (
            <li key={state}>
              <Link
                to="/library/gaps"
                search={searchOf({ ...view, state, page: 1 })}
                className={styles.filter}
                activeOptions={{ exact: true }}
                aria-current={state === view.state ? 'page' : undefined}
              >
                {say.states[state]}
                {gaps.data && <span className={styles.count}>{gaps.data.counts[state].toLocaleString('en')}</span>}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div className={styles.stack}>
        <Find key={view.state} sought={view.q} onFind={(q) => go({ ...view, q, page: 1 })} />
        {gaps.isPending && <Skeleton lines={8} label={say.loading} />}
        {gaps.isError && (
          <ProblemNotice
            title={say.failed}
            error={gaps.error}
            actions={<Button onPress={() => void gaps.refetch()}>{act.retry}</Button>}
          />
        )}
        {gaps.isSuccess && <TicketList tickets={gaps.data.tickets} view={view} />}
        {gaps.isSuccess && gaps.data.tickets.length > 0 && (
          <p>
            <a href={gapsAddress(view.state)} download>
              {say.export(say.states[view.state])}
            </a>
          </p>
        )}
      </div>
    </div>
  );
}

function Find({ sought, onFind }: { sought: string; onFind: (words: string) => void }) {
  const [words, setWords] = useState(sought);
  const later = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(later.current), []);
  return (
    <Field
      type="search"
      label={say.find}
      value={words}
      maxLength={200}
      onChange={(text) => {
        setWords(text);
        clearTimeout(later.current);
        later.current = setTimeout(() => onFind(text.trim()), WRITE_AFTER_MS);
      }}
    />
  );
}
