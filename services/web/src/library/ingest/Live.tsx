// A run in work: how far it is, how fast, and what came up so far. What is read aloud changes only every tenth of it.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { Button } from '../../parts/Button';
import { Fact, Facts } from '../../parts/Facts';
import { Notice } from '../../parts/Notice';
import { ProblemNotice, sentence } from '../../parts/ProblemNotice';
import { Progress } from '../../parts/Progress';
import { Skeleton } from '../../parts/Skeleton';
import { Time } from '../../parts/Time';
import { VisuallyHidden } from '../../parts/VisuallyHidden';
import { useSession } from '../../session/useSession';
import { ingest } from '../../strings/ingest';
import { ActDialog } from '../ActDialog';
import { stopIngest } from '../calls';
import styles from '../Desk.module.css';
import { nameOf } from '../people';
import { libraryKey } from '../queries';
import type { Ingest } from '../types';
import { RejectedList, ReviewList } from './Outcomes';
import { leftOf, rateOf, type Sample, tenthsOf } from './pace';
import { Tally } from './Tally';
import { isForgotten, isOver, watchedQuery } from './watched';

const say = ingest.live;

interface LiveProps {
  id: string;
  /** Begun on this page, by whoever reads it. */
  isOwn: boolean;
  titleOf: (corpus: string) => string;
  /** With the number of the run on record, if it got one. */
  onOver: (run: number | null) => void;
}

export function Live({ id, isOwn, titleOf, onOver }: LiveProps) {
  const client = useQueryClient();
  const { data, isPending, isError, error } = useQuery(watchedQuery(id));
  const ended = data && isOver(data.ingest) ? data.ingest : null;
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => {
    if (isOwn) heading.current?.focus();
  }, [isOwn]);

  // What came in is elsewhere now, too: in counts, in the queue, among the changes.
  const tell = useRef(onOver);
  useEffect(() => {
    tell.current = onOver;
  });
  const run = ended ? ended.run : undefined;
  useEffect(() => {
    if (run === undefined) return;
    tell.current(run);
    void client.invalidateQueries({ queryKey: libraryKey });
  }, [run, client]);

  return (
    <section className={styles.section} aria-labelledby="live">
      <h2 id="live" ref={heading} tabIndex={-1}>
        {data ? ingest.states[data.ingest.state] : say.title}
      </h2>
      <p role="status">
        <VisuallyHidden>{data ? spoken(data.ingest, titleOf) : ''}</VisuallyHidden>
      </p>
      {isPending && <Skeleton lines={4} />}
      {isError && isForgotten(error) && (
        <Notice tone="warn" title={say.lost} live="alert">
          {say.lostDetail}
        </Notice>
      )}
      {isError && !isForgotten(error) && <ProblemNotice title={say.failed} error={error} />}
      {data && <Told {...data} titleOf={titleOf} />}
    </section>
  );
}

const cameOf = ({ documents }: Ingest) => documents.added + documents.updated;

function spoken(one: Ingest, titleOf: (corpus: string) => string): string {
  if (one.state === 'stopping') return say.stopping;
  if (one.state === 'working') {
    const tenths = tenthsOf(one);
    return tenths === 0 ? say.begun(titleOf(one.corpus)) : say.tenths(tenths);
  }
  return overOf(one);
}

const overOf = (one: Ingest): string => {
  if (one.state === 'failed') return say.over.failed;
  return (one.state === 'stopped' ? say.over.stopped : say.over.done)(cameOf(one));
};

interface ToldProps {
  ingest: Ingest;
  samples: readonly Sample[];
  titleOf: (corpus: string) => string;
}

function Told({ ingest: one, samples, titleOf }: ToldProps) {
  const isDone = isOver(one);
  return (
    <div className={styles.stack}>
      <p className={styles.quiet}>
        {say.into(titleOf(one.corpus))} · {nameOf(one.by)} · {say.began} <Time at={one.began_at} />
      </p>
      {one.state === 'failed' && (
        <Notice tone="stop" title={say.over.failed}>
          {one.error !== null && sentence(one.error)}
        </Notice>
      )}
      {isDone && one.state !== 'failed' && <Notice tone="good" title={overOf(one)} />}
      {/* It went on without the sources that failed. */}
      {one.state !== 'failed' && one.error !== null && (
        <Notice tone="warn" title={say.trouble}>
          {one.error.split('\n').map((line, at) => (
            <p key={at}>{sentence(line)}</p>
          ))}
        </Notice>
      )}
      {!isDone && (
        <>
          <Progress
            label={say.progress}
            value={one.files === 0 ? null : one.seen / one.files}
            text={one.files === 0 ? say.looking : say.seen(one.seen, one.files)}
          />
          <Pace samples={samples} />
          <Stop one={one} />
        </>
      )}
      {/* What is on record says all of it, below. */}
      {!(isDone && one.run !== null) && (
        <>
          <Tally documents={one.documents} passages={one.passages} reviews={one.reviews} />
          <SoFar one={one} />
        </>
      )}
      {isDone && cameOf(one) > 0 && (
        <p>
          <Link to="/library/changes">{ingest.report.toChanges}</Link>
        </p>
      )}
    </div>
  );
}

function Pace({ samples }: { samples: readonly Sample[] }) {
  const [rate, left] = [rateOf(samples), leftOf(samples)];
  return (
    <Facts>
      <Fact name={say.rate}>{rate === null ? say.unknown : say.perSecond(rate)}</Fact>
      <Fact name={say.left}>{left === null ? say.unknown : say.about(left)}</Fact>
    </Facts>
  );
}

function SoFar({ one }: { one: Ingest }) {
  return (
    <>
      {one.rejected.length > 0 && (
        <div>
          <h3>{say.sofarRejected}</h3>
          {one.documents.rejected > one.rejected.length && <p className={styles.note}>{say.last}</p>}
          <RejectedList label={say.sofarRejected} items={one.rejected} />
        </div>
      )}
      {one.wants_review.length > 0 && (
        <div>
          <h3>{say.sofarReviews}</h3>
          {one.reviews > one.wants_review.length && <p className={styles.note}>{say.last}</p>}
          <ReviewList label={say.sofarReviews} items={one.wants_review} />
        </div>
      )}
    </>
  );
}

function Stop({ one }: { one: Ingest }) {
  const client = useQueryClient();
  const { mayCurate } = useSession();
  const [isAsking, setAsking] = useState(false);
  const words = ingest.stop;
  if (one.state === 'stopping') return <p className={styles.note}>{say.stopping}</p>;
  if (!mayCurate) return null;
  return (
    <span>
      <Button onPress={() => setAsking(true)}>{say.stop}</Button>
      {isAsking && (
        <ActDialog
          title={words.title}
          act={words.act}
          acting={words.acting}
          failed={words.failed}
          isDanger
          send={() => stopIngest(one.id)}
          onDone={() => {
            setAsking(false);
            void client.invalidateQueries({ queryKey: watchedQuery(one.id).queryKey });
          }}
          onClose={() => setAsking(false)}
        >
          <p>{words.text}</p>
        </ActDialog>
      )}
    </span>
  );
}
