// One thing that a reader said; of a report of a risk also how it stands, and what can be done with it.
import { Link } from '@tanstack/react-router';
import { useId } from 'react';
import { Button } from '../../parts/Button';
import { Chip } from '../../parts/Chip';
import { Fact, Facts } from '../../parts/Facts';
import { AlertIcon, FlagIcon } from '../../parts/icons';
import { Time } from '../../parts/Time';
import { readers as say } from '../../strings/readers';
import { timeUtc } from '../../text/times';
import { ROW } from '../useRowKeys';
import { nextOf, waitsFor } from './feedback';
import styles from './Feedback.module.css';
import { Moves } from './Moves';
import { StateChip } from './StateChip';
import type { Feedback, HandlingState, Kind } from './types';

/** The key that does it, while the report has the focus. */
export const letters: Record<HandlingState, string> = { acknowledged: 'a', closed: 'c', open: 'r' };

interface ReportProps {
  said: Feedback;
  /** When it was read. */
  now: number;
  onAsk: (to: HandlingState) => void;
}

const row = { [ROW]: '' };

export function Report({ said, now, onAsk }: ReportProps) {
  const { kind, received_at, actor, statement, category, severity, comment, answer, handling } = said;
  const id = useId();
  const time = timeUtc(received_at, true);
  const acts = nextOf(said);
  return (
    <article aria-labelledby={id} tabIndex={-1} className={styles.report} {...row}>
      <h3 id={id} className={styles.head}>
        <KindChip kind={kind} /> {handling && <StateChip state={handling.state} />} <Time at={received_at} isExact />
      </h3>
      {comment ? <p className={styles.comment}>{comment}</p> : <p className={styles.note}>{say.noComment}</p>}
      <Facts>
        <Fact name={say.where}>{say.about(statement)}</Fact>
        {category && <Fact name={say.what}>{say.categories[category] ?? category}</Fact>}
        {severity && <Fact name={say.outcome}>{say.severities[severity]?.label ?? severity}</Fact>}
        <Fact name={say.who}>{actor}</Fact>
        <Waited said={said} now={now} />
      </Facts>
      {handling && <Moves moves={handling.moves} />}
      <p className={styles.links}>
        {acts.map((to) => (
          <Button key={to} size="s" aria-label={say.actOf(say.deeds[to].act, time)} onPress={() => onAsk(to)}>
            {say.deeds[to].act} <kbd aria-hidden="true">{letters[to]}</kbd>
          </Button>
        ))}
        <Link to="/audit/answers/$id" params={{ id: answer }} aria-label={say.openOf(time)}>
          {say.open}
        </Link>
      </p>
    </article>
  );
}

function KindChip({ kind }: { kind: Kind }) {
  if (kind === 'safety') {
    return (
      <Chip tone="stop" icon={<AlertIcon size={13} />}>
        {say.kinds.safety}
      </Chip>
    );
  }
  if (kind === 'disagree') {
    return (
      <Chip tone="warn" icon={<FlagIcon size={13} />}>
        {say.kinds.disagree}
      </Chip>
    );
  }
  return <Chip>{say.kinds[kind] ?? kind}</Chip>;
}

/** Until it was first taken up, and how long it waits now. */
function Waited({ said, now }: { said: Feedback; now: number }) {
  const waited = said.handling?.waited_hours ?? null;
  const waits = waitsFor(said, now);
  return (
    <>
      {waited !== null && <Fact name={say.waited}>{say.hours(waited)}</Fact>}
      {waits !== null && <Fact name={say.waits}>{say.hours(waits)}</Fact>}
    </>
  );
}
