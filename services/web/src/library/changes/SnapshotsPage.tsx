// Snapshots: what was published when, by whom and why; and the way back.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { Button } from '../../parts/Button';
import { Chip } from '../../parts/Chip';
import { CheckIcon } from '../../parts/icons';
import { LongList } from '../../parts/LongList';
import { Notice } from '../../parts/Notice';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { Skeleton } from '../../parts/Skeleton';
import { Time } from '../../parts/Time';
import { useSession } from '../../session/useSession';
import { useTitle } from '../../shell/useTitle';
import { act } from '../../strings/act';
import { changes } from '../../strings/changes';
import styles from '../Desk.module.css';
import { nameOf } from '../people';
import { libraryKey, snapshotsQuery } from '../queries';
import type { Snapshot, Snapshots } from '../types';
import { useSaid } from '../useSaid';
import own from './Changes.module.css';
import { Decisions } from './Decisions';
import { RollbackDialog } from './RollbackDialog';

const say = changes.snapshots;

export function SnapshotsPage() {
  useTitle(say.title);
  const snapshots = useQuery(snapshotsQuery);
  return (
    <div className={styles.page}>
      <h1>{say.title}</h1>
      <p className={styles.lead}>{say.lead}</p>
      {snapshots.isPending && <Skeleton lines={8} label={say.loading} />}
      {snapshots.isError && (
        <ProblemNotice
          title={say.failed}
          error={snapshots.error}
          actions={<Button onPress={() => void snapshots.refetch()}>{act.retry}</Button>}
        />
      )}
      {snapshots.isSuccess && <Told all={snapshots.data} />}
    </div>
  );
}

const keyOf = ({ number }: Snapshot) => String(number);
const textOf = ({ number }: Snapshot) => say.name(number);

const goTo = (number: number, published: number) => (number < published ? say.backTo : say.onTo)(number);

function Told({ all }: { all: Snapshots }) {
  const client = useQueryClient();
  const { mayPublish } = useSession();
  const { published, head, staged, snapshots, decisions } = all;
  const [going, setGoing] = useState<number | null>(null);
  const [said, setSaid] = useSaid();
  const [went, setWent] = useState(0);
  const place = useRef<HTMLParagraphElement>(null);

  // The button that opened the dialog is gone: one does not go back to where one is.
  useEffect(() => {
    if (went > 0) place.current?.focus();
  }, [went]);

  return (
    <>
      <p role="status" className={styles.said}>
        {said}
      </p>
      {snapshots.length === 0 ? (
        <Notice title={say.none}>{say.noneDetail}</Notice>
      ) : (
        <>
          <p ref={place} tabIndex={-1}>
            {say.published(published)} {say.next(staged)}
          </p>
          {published !== head && (
            <div className={own.loud}>
              <Notice tone="warn" title={say.behind}>
                {say.behindDetail(published, head)}
              </Notice>
            </div>
          )}
          <LongList label={say.list} items={snapshots} keyOf={keyOf} textOf={textOf}>
            {(snapshot) => (
              <Row
                snapshot={snapshot}
                published={published}
                {...(mayPublish ? { onBack: () => setGoing(snapshot.number) } : {})}
              />
            )}
          </LongList>
        </>
      )}
      <Decisions decisions={decisions} />
      {going !== null && (
        <RollbackDialog
          to={going}
          title={`${goTo(going, published)}?`}
          next={staged}
          onDone={() => {
            setGoing(null);
            setSaid(say.dialog.done(going));
            setWent((times) => times + 1);
            void client.invalidateQueries({ queryKey: libraryKey });
          }}
          onClose={() => setGoing(null)}
        />
      )}
    </>
  );
}

interface RowProps {
  snapshot: Snapshot;
  published: number;
  /** Only for those who may. */
  onBack?: () => void;
}

function Row({ snapshot: { number, published_at, actor, reason }, published, onBack }: RowProps) {
  const isPublished = number === published;
  return (
    <>
      <span className={styles.spread}>
        <strong>{say.name(number)}</strong>
        {isPublished && (
          <Chip tone="good" icon={<CheckIcon size={13} />}>
            {say.isPublished}
          </Chip>
        )}
      </span>
      <p className={styles.title}>{reason === '' ? say.noReason : reason}</p>
      <p className={styles.quiet}>
        <Time at={published_at} /> · {say.by(nameOf(actor))}
      </p>
      {!isPublished && onBack && (
        <p className={own.back}>
          <Button size="s" onPress={onBack}>
            {goTo(number, published)}
          </Button>
        </p>
      )}
    </>
  );
}
