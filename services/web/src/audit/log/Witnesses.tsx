// Who watches from outside that the log only grows, and when they last saw it.
import { Chip } from '../../parts/Chip';
import { AlertIcon, CheckIcon, StopIcon } from '../../parts/icons';
import { Time } from '../../parts/Time';
import { WideTable } from '../../parts/WideTable';
import { count } from '../../records/words';
import { log } from '../../strings/log';
import type { LogState, WitnessState } from './calls';
import styles from './Log.module.css';
import { standingOf, timesOf } from './state';

const say = log.witnesses;

export function Witnesses({ state: { witnesses, cosigned } }: { state: LogState }) {
  const { name, state, size, time, url } = say.columns;
  const times = timesOf(cosigned);
  return (
    <section className={styles.section}>
      <h2>{say.heading}</h2>
      {witnesses.length === 0 ? (
        <p>{say.none}</p>
      ) : (
        <WideTable label={say.table} columns={[name, state, size, time, url]}>
          {witnesses.map((witness) => (
            <Row key={`${witness.name} ${witness.url}`} witness={witness} time={times.get(witness.name)} />
          ))}
        </WideTable>
      )}
    </section>
  );
}

const looks = {
  alarm: { tone: 'stop', Icon: StopIcon },
  trouble: { tone: 'warn', Icon: AlertIcon },
  waiting: { tone: 'info', Icon: AlertIcon },
  well: { tone: 'good', Icon: CheckIcon },
} as const;

function Row({ witness, time }: { witness: WitnessState; time: string | undefined }) {
  const standing = standingOf(witness);
  const { tone, Icon } = looks[standing];
  return (
    <tr>
      <th scope="row">{witness.name}</th>
      <td className={styles.words}>
        <Chip tone={tone} icon={<Icon size={13} />}>
          {say[standing]}
        </Chip>
        {witness.problem != null && <p>{witness.problem}</p>}
      </td>
      <td>{witness.size === 0 ? say.never : log.facts.sizeOf(count(witness.size))}</td>
      <td>{time === undefined ? say.unknown : <Time at={time} isExact />}</td>
      <td>
        <code>{witness.url}</code>
      </td>
    </tr>
  );
}
