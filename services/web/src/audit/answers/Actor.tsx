// Who did something: a pseudonym, short, with the whole of it to copy, and the way to everything of theirs.
import { Link } from '@tanstack/react-router';
import { useCopy } from '../../answer/useCopy';
import { IconButton } from '../../parts/IconButton';
import { CopyIcon } from '../../parts/icons';
import { answersFound } from '../../strings/answersFound';
import { parts } from '../../strings/parts';
import styles from './Actor.module.css';
import { actorWord, roleWord } from './words';

const say = answersFound.actor;

interface ActorProps {
  id: string;
  role: string;
}

export function Actor({ id, role }: ActorProps) {
  const { state, copy } = useCopy();
  return (
    <span className={styles.actor}>
      <span className={styles.id} title={id}>
        {actorWord(id)}
      </span>
      <span>{say.as(roleWord(role))}</span>
      <IconButton label={say.copy(id)} icon={<CopyIcon size={14} />} onPress={() => copy(id)} />
      <Link to="/audit/answers" search={{ actor: id }} aria-label={say.allOf(id)}>
        {say.all}
      </Link>
      <span role="status">
        {state === 'copied' && parts.copied}
        {state === 'failed' && parts.copyFailed}
      </span>
    </span>
  );
}
