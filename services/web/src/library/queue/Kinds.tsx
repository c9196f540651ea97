// The kinds of what waits, each with how many, and whether one looks at what is open or at what was settled.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { queue as say } from '../../strings/queue';
import styles from '../Desk.module.css';
import { countsQuery, findingKinds, searchOf, type QueueState, type View } from './queue';

interface Option {
  kind: View['kind'];
  label: string;
  count: number | undefined;
}

const states: readonly QueueState[] = ['open', 'settled'];

export function Kinds({ view }: { view: View }) {
  const { data } = useQuery(countsQuery);
  const all = data && findingKinds.reduce((sum, kind) => sum + data.open[kind], 0);
  const options: Option[] = [
    { kind: null, label: say.all, count: all },
    ...findingKinds.map((kind) => ({ kind, label: say.kinds[kind].name, count: data?.open[kind] })),
    { kind: 'overdue', label: say.overdue, count: data?.overdue },
  ];
  return (
    <>
      <nav aria-label={say.kindsLabel}>
        <ul className={styles.filters}>
          {options.map(({ kind, label, count }) => (
            <li key={kind ?? 'all'}>
              <Link
                to="/library/queue"
                search={searchOf({ kind, state: kind === 'overdue' ? 'open' : view.state, after: null })}
                className={styles.filter}
                {...current(kind === view.kind)}
              >
                {label}
                {count !== undefined && view.state === 'open' && <span className={styles.count}>{count}</span>}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      {view.kind !== 'overdue' && (
        <nav aria-label={say.statesLabel}>
          <ul className={styles.filters}>
            {states.map((state) => (
              <li key={state}>
                <Link
                  to="/library/queue"
                  search={searchOf({ ...view, state, after: null })}
                  className={styles.filter}
                  {...current(state === view.state)}
                >
                  {say.states[state]}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      )}
    </>
  );
}

/** The links differ in what stands after the question mark alone, so which one is open is said here. */
const current = (is: boolean) => ({
  activeOptions: { exact: true },
  activeProps: {},
  inactiveProps: {},
  'aria-current': is ? ('page' as const) : undefined,
});
