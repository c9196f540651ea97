// The same question asked again, and what is not as it was, side by side.
import { useMutation } from '@tanstack/react-query';
import { shownVerdict } from '../../answer/verdict';
import { Button } from '../../parts/Button';
import { Chip } from '../../parts/Chip';
import { CheckIcon, RetryIcon, SplitIcon } from '../../parts/icons';
import { Notice } from '../../parts/Notice';
import { ProblemNotice, sentence } from '../../parts/ProblemNotice';
import { record } from '../../strings/record';
import { postReplay, type Replay, type Side } from './calls';
import styles from './Record.module.css';

const say = record.replay;

export function ReplayView({ id }: { id: string }) {
  const asking = useMutation({ mutationFn: () => postReplay(id), retry: false, gcTime: 0 });
  const { data, isPending } = asking;
  const ask = () => {
    if (!isPending) asking.mutate();
  };
  return (
    <section className={styles.section}>
      <h2>{say.heading}</h2>
      <p>{say.lead}</p>
      <p className={styles.tools}>
        <Button icon={<RetryIcon size={16} />} onPress={ask}>
          {isPending ? say.asking : say.ask}
        </Button>
      </p>
      <div role="status">{data && !isPending && <Summary replay={data} />}</div>
      {asking.isError && <ProblemNotice title={say.failed} error={asking.error} />}
      {data && !isPending && (
        <>
          <Sides title={say.evidence} sides={data.evidence} />
          <Sides title={say.statements} sides={data.statements} />
        </>
      )}
    </section>
  );
}

function Summary({ replay }: { replay: Replay }) {
  const { same, same_evidence, same_statements, reasons } = replay;
  if (same) return <Notice tone="good" title={say.same}>{say.sameDetail}</Notice>;
  return (
    <Notice tone="warn" title={say.differs}>
      <p>{same_evidence ? say.sameEvidence : say.otherEvidence}</p>
      <p>{same_statements ? say.sameStatements : say.otherStatements}</p>
      {same_evidence && same_statements && <p>{say.otherStatus}</p>}
      {reasons.length === 0 ? (
        <p>{say.noReasons}</p>
      ) : (
        <>
          <p>{say.reasons}:</p>
          <ul className={styles.reasons}>
            {reasons.map((reason) => (
              <li key={reason}>{sentence(reason)}</li>
            ))}
          </ul>
        </>
      )}
    </Notice>
  );
}

function Sides({ title, sides }: { title: string; sides: readonly Side[] }) {
  if (sides.length === 0) return null;
  const [before, after] = [sides.map((side) => side.before?.id), sides.map((side) => side.after?.id)];
  return (
    <>
      <h3>{title}</h3>
      <ol className={styles.sides} aria-label={title}>
        {sides.map((side, at) => (
          <li key={at} className={styles.side}>
            <p className={styles.marks}>
              <span>{say.place(at + 1)}</span>
              <Chip tone={side.same ? 'good' : 'warn'} icon={side.same ? <CheckIcon size={13} /> : <SplitIcon size={13} />}>
                {side.same ? say.isSame : say.isOther}
              </Chip>
            </p>
            {side.same ? (
              <Said said={side.before} />
            ) : (
              <div className={styles.both}>
                <div>
                  <h4>{say.then}</h4>
                  <Said said={side.before} />
                  {side.before && <Moved id={side.before.id} at={at} others={after} where={say.nowAt} none={say.gone} />}
                </div>
                <div>
                  <h4>{say.now}</h4>
                  <Said said={side.after} />
                  {side.after && <Moved id={side.after.id} at={at} others={before} where={say.thenAt} none={say.added} />}
                </div>
              </div>
            )}
          </li>
        ))}
      </ol>
    </>
  );
}

function Said({ said }: { said: Side['before'] }) {
  if (!said) return <p className={styles.note}>{say.nothing}</p>;
  return (
    <>
      <p className={styles.clipped}>{said.text}</p>
      <p className={styles.marks}>
        {said.verdict != null && <Verdict name={said.verdict} />}
        <code className={styles.hash}>{said.id}</code>
      </p>
    </>
  );
}

function Verdict({ name }: { name: string }) {
  const { Icon, tone, word } = shownVerdict(name);
  return (
    <Chip tone={tone} icon={<Icon size={13} />}>
      {word}
    </Chip>
  );
}

interface MovedProps {
  id: string;
  at: number;
  others: readonly (string | undefined)[];
  where: (place: number) => string;
  none: string;
}

/** Where the same stands on the other side. */
function Moved({ id, at, others, where, none }: MovedProps) {
  const place = others.indexOf(id);
  if (place === at) return null;
  return <p className={styles.note}>{place < 0 ? none : where(place + 1)}</p>;
}
