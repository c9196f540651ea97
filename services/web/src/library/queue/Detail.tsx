// What was seen of a document, what it means, and what can be said about it.
import { Link } from '@tanstack/react-router';
import type { RefObject } from 'react';
import { Button } from '../../parts/Button';
import { Chip } from '../../parts/Chip';
import { Fact, Facts } from '../../parts/Facts';
import { AlertIcon } from '../../parts/icons';
import { sentence } from '../../parts/ProblemNotice';
import { Time } from '../../parts/Time';
import { queue } from '../../strings/queue';
import styles from '../Desk.module.css';
import { nameOf } from '../people';
import { StatusChip } from '../StatusChip';
import type { Finding, Outcome } from '../types';
import { useCorpusTitles } from '../useCorpusTitles';
import { type Item, otherOf } from './queue';
import own from './Queue.module.css';

const say = queue.detail;

interface DetailProps {
  headingRef: RefObject<HTMLHeadingElement | null>;
  item: Item;
  maySettle: boolean;
  onAsk: (what: Outcome | 'looked') => void;
}

export function Detail({ headingRef, item, maySettle, onAsk }: DetailProps) {
  const titleOf = useCorpusTitles();
  const other = item.is === 'finding' ? otherOf(item.finding) : null;
  return (
    <section aria-label={say.label}>
      <h2 ref={headingRef} tabIndex={-1} className={styles.title}>
        {item.title}
      </h2>
      <p className={own.chips}>
        <Chip tone="warn" icon={<AlertIcon size={13} />}>
          {item.is === 'finding' ? queue.kinds[item.finding.kind].name : queue.overdue}
        </Chip>
        {item.is === 'finding' && <StatusChip status={item.finding.status} />}
      </p>
      <p className={own.links}>
        <Link to="/library/documents/$id" params={{ id: item.document }} search={{ version: String(item.version) }}>
          {say.open}
        </Link>
        {other !== null && (
          <Link to="/library/documents/$id" params={{ id: other }}>
            {say.other}
          </Link>
        )}
      </p>
      <Facts>
        <Fact name={say.corpus}>{titleOf(item.corpus)}</Fact>
        <Fact name={say.version}>{item.version}</Fact>
        {item.is === 'finding' && (
          <Fact name={say.found}>
            <Time at={item.finding.at} />
          </Fact>
        )}
      </Facts>
      {item.is === 'finding' ? (
        <FindingTold finding={item.finding} maySettle={maySettle} onAsk={onAsk} />
      ) : (
        <>
          <h3>{say.seen}</h3>
          <p>{sentence(queue.due(item.review_by))}</p>
          <h3>{say.means}</h3>
          <p>{say.overdue}</p>
          {maySettle && (
            <Way letter="l" act={say.looked} means={say.lookedMeans} onPress={() => onAsk('looked')} />
          )}
        </>
      )}
    </section>
  );
}

const ways = [['a', 'accepted'], ['c', 'acted'], ['d', 'dismissed']] as const;

interface ToldProps {
  finding: Finding;
  maySettle: boolean;
  onAsk: (what: Outcome) => void;
}

function FindingTold({ finding, maySettle, onAsk }: ToldProps) {
  const words = queue.kinds[finding.kind];
  return (
    <>
      <h3>{say.seen}</h3>
      <p className={styles.title}>{sentence(finding.detail)}</p>
      <h3>{say.means}</h3>
      <p>{words.means}</p>
      {finding.settled ? (
        <>
          <h3>{say.settled}</h3>
          <p>
            <strong>{queue.outcomes[finding.settled.outcome].done}.</strong> {words.outcomes[finding.settled.outcome]}
          </p>
          <p className={styles.title}>{finding.settled.note === '' ? say.noNote : finding.settled.note}</p>
          <p className={styles.quiet}>
            {say.by(nameOf(finding.settled.by))}, <Time at={finding.settled.at} />
          </p>
        </>
      ) : (
        <>
          <h3>{say.outcomes}</h3>
          {ways.map(([letter, outcome]) => (
            <Way
              key={outcome}
              letter={letter}
              act={queue.outcomes[outcome].act}
              means={words.outcomes[outcome]}
              {...(maySettle ? { onPress: () => onAsk(outcome) } : {})}
            />
          ))}
        </>
      )}
    </>
  );
}

interface WayProps {
  letter: string;
  act: string;
  means: string;
  /** Not for those who may not. */
  onPress?: () => void;
}

function Way({ letter, act, means, onPress }: WayProps) {
  return (
    <div className={own.way}>
      {onPress ? (
        <Button size="s" onPress={onPress}>
          {act} <kbd aria-hidden="true">{letter}</kbd>
        </Button>
      ) : (
        <strong>{act}</strong>
      )}
      <p>{means}</p>
    </div>
  );
}
