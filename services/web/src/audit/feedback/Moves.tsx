// What was done with a report, by whom, and why.
import { Time } from '../../parts/Time';
import { useSession } from '../../session/useSession';
import { readers } from '../../strings/readers';
import { actorWord } from '../answers/words';
import styles from './Feedback.module.css';
import type { Move } from './types';

const say = readers.moves;

export function Moves({ moves }: { moves: readonly Move[] }) {
  const { session } = useSession();
  const me = session?.account?.id;
  if (moves.length === 0) return null;
  return (
    <ol aria-label={say.list} className={styles.moves}>
      {moves.map(({ at, by, to, outcome, note }) => (
        <li key={at}>
          <p>
            <strong>{say.to[to]}</strong> <Time at={at} isExact />{' '}
            <span title={by}>{say.by(by === me ? say.you : actorWord(by))}</span>
          </p>
          {outcome !== null && <p>{say.outcome(readers.outcomes[outcome]?.label ?? outcome)}</p>}
          {note === null ? <p className={styles.note}>{say.noNote}</p> : <p className={styles.words}>{note}</p>}
        </li>
      ))}
    </ol>
  );
}
