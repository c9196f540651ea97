// Proposals that are open, and those that were closed.
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button } from '../../parts/Button';
import { Chip } from '../../parts/Chip';
import { AlertIcon } from '../../parts/icons';
import type { Tone } from '../../parts/Notice';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { Skeleton } from '../../parts/Skeleton';
import { Time } from '../../parts/Time';
import { act } from '../../strings/act';
import { changes } from '../../strings/changes';
import styles from '../Desk.module.css';
import { nameOf } from '../people';
import { proposalsQuery } from '../queries';
import type { Proposal, ProposalState } from '../types';
import own from './Changes.module.css';

const say = changes.proposals;

export function ProposalLists() {
  return (
    <section className={styles.section} aria-labelledby="proposals">
      <h2 id="proposals">{say.title}</h2>
      <ProposalList state="open" />
      <ProposalList state="closed" />
    </section>
  );
}

function ProposalList({ state }: { state: 'open' | 'closed' }) {
  const list = useInfiniteQuery(proposalsQuery(state));
  const proposals = list.data?.pages.flatMap((page) => page.proposals) ?? [];
  return (
    <div className={own.proposals}>
      <h3 id={`proposals-${state}`}>{say[state]}</h3>
      {list.isPending && <Skeleton lines={3} />}
      {list.isError && (
        <ProblemNotice
          title={say.failed}
          error={list.error}
          actions={<Button onPress={() => void list.refetch()}>{act.retry}</Button>}
        />
      )}
      {list.isSuccess && proposals.length === 0 && <p>{state === 'open' ? say.none : say.noneClosed}</p>}
      {proposals.length > 0 && (
        <ul aria-labelledby={`proposals-${state}`} className={own.rows}>
          {proposals.map((one) => (
            <li key={one.id}>
              <span className={styles.spread}>
                <Link to="/library/changes/$id" params={{ id: one.id }}>
                  {say.name(one)}
                </Link>
                <span className={own.chips}>
                  {one.is_changed && state === 'open' && (
                    <Chip tone="stop" icon={<AlertIcon size={13} />}>
                      {say.changed}
                    </Chip>
                  )}
                  <StateChip {...one} />
                </span>
              </span>
              <p className={styles.title}>{one.reason}</p>
              <p className={styles.quiet}>
                {say.by(nameOf(one.by))} · <Time at={one.at} />
              </p>
            </li>
          ))}
        </ul>
      )}
      {list.hasNextPage && (
        <Button size="s" look="quiet" isDisabled={list.isFetchingNextPage} onPress={() => void list.fetchNextPage()}>
          {list.isFetchingNextPage ? say.loading : say.more}
        </Button>
      )}
    </div>
  );
}

const tones: Record<ProposalState, Tone> = {
  proposed: 'info',
  reviewed: 'info',
  approved: 'info',
  executed: 'good',
  rejected: 'warn',
  withdrawn: 'info',
};

export function StateChip({ state, kind }: Pick<Proposal, 'state' | 'kind'>) {
  return <Chip tone={tones[state]}>{state === 'executed' ? say.executed[kind] : say.states[state]}</Chip>;
}
