// What is watched, what is wrong with it, and what one does next.
import { useQuery } from '@tanstack/react-query';
import { Refused } from '../api/problem';
import { Button } from '../parts/Button';
import { Chip } from '../parts/Chip';
import { AlertIcon, CheckIcon, InfoIcon } from '../parts/icons';
import { Notice } from '../parts/Notice';
import { ProblemNotice } from '../parts/ProblemNotice';
import { Skeleton } from '../parts/Skeleton';
import { WideTable } from '../parts/WideTable';
import { useSession } from '../session/useSession';
import { alarms as say } from '../strings/alarms';
import { timeUtc } from '../text/times';
import { inOrder, isRaised, limitOf, nameOf, valueOf } from './measures';
import { alarmsQuery } from './calls';
import { Next } from './Next';
import styles from './Records.module.css';
import type { Measure, MeasureState, Share, Watch } from './types';
import { count } from './words';

interface AlarmsProps {
  /** How questions ended, as far as that is known. */
  statuses: readonly Share[];
}

export function Alarms({ statuses }: AlarmsProps) {
  const { mayAudit } = useSession();
  const watch = useQuery({ ...alarmsQuery, enabled: mayAudit });
  // An older server watches nothing; whoever may not see the numbers is told so once.
  const isMissing = watch.error instanceof Refused && watch.error.isMissingEndpoint;
  if (!mayAudit || isMissing) return null;
  return (
    <section className={styles.alarms}>
      <h2>{say.title}</h2>
      {watch.isPending && <Skeleton lines={4} label={say.loading} />}
      {watch.isError && (
        <ProblemNotice
          title={say.failed}
          error={watch.error}
          actions={<Button onPress={() => void watch.refetch()}>{say.retry}</Button>}
        />
      )}
      {watch.data && <Told watch={watch.data} statuses={statuses} />}
    </section>
  );
}

function Told({ watch, statuses }: AlarmsProps & { watch: Watch }) {
  const { from, to, days, questions, least, measures } = watch;
  const raised = measures.filter(isRaised);
  const { name, value, limit, state, next } = say.columns;
  return (
    <>
      {raised.length === 0 ? (
        <Notice tone="good" title={say.none}>
          {say.noneDetail}
        </Notice>
      ) : (
        <Notice tone="stop" title={say.raised(count(raised.length))} live="alert">
          <ul className={styles.raised}>
            {raised.map((one) => (
              <li key={one.name}>{say.line(nameOf(one.name), valueOf(one), limitOf(one))}</li>
            ))}
          </ul>
        </Notice>
      )}
      <p className={styles.note}>
        {say.window(days, timeUtc(from), timeUtc(to), count(questions))} {say.least(count(least))} {say.limits}{' '}
        <code>{say.part}</code>.
      </p>
      <WideTable label={say.table} columns={[name, value, limit, state, next]}>
        {inOrder(measures).map((one) => (
          <tr key={one.name}>
            <th scope="row" className={styles.measure}>
              {nameOf(one.name)}
            </th>
            <td>{valueOf(one)}</td>
            <td>{limitOf(one)}</td>
            <td>
              <State of={one} />
            </td>
            <td className={styles.measure}>
              <Next name={one.name} watch={watch} statuses={statuses} />
            </td>
          </tr>
        ))}
      </WideTable>
    </>
  );
}

const looks = {
  quiet: { tone: 'good', Icon: CheckIcon },
  raised: { tone: 'stop', Icon: AlertIcon },
  too_few: { tone: 'info', Icon: InfoIcon },
  unwatched: { tone: 'info', Icon: InfoIcon },
} as const satisfies Record<MeasureState, object>;

function State({ of: { state } }: { of: Measure }) {
  const { tone, Icon } = looks[state];
  return (
    <Chip tone={tone} icon={<Icon size={13} />}>
      {say.states[state]}
    </Chip>
  );
}
