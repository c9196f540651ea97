// A key that came with a receipt, to be compared with the one that is known from elsewhere.
import { useQuery } from '@tanstack/react-query';
import { Button } from '../../parts/Button';
import { Copyable } from '../../parts/Copyable';
import { record } from '../../strings/record';
import { sha256 } from '../../text/digest';
import { byFours } from '../log/state';
import { isSameKey, type Key } from '../proof/note';
import { Fact } from './Fact';
import styles from './Record.module.css';
import { linesOf, remember, useRemembered } from './useBelieved';

const say = record.proof;

export function KeyView({ of: key, believed }: { of: Key; believed: readonly Key[] }) {
  const remembered = useRemembered();
  const isBelieved = believed.some((one) => isSameKey(one, key));
  // Made as it is for the notes on paper: of the text of the key.
  const { data: digest } = useQuery({
    queryKey: ['fingerprint', key.text],
    queryFn: () => sha256(key.text),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <div className={styles.key}>
      <dl className={styles.facts}>
        <Fact name={say.key}>
          <code>
            {key.name}+{key.id}
          </code>
        </Fact>
        <Fact name={say.fingerprint}>{digest && <code className={styles.fingerprint}>{byFours(digest)}</code>}</Fact>
      </dl>
      <Copyable label={`${say.key} ${key.id}`} text={key.text} />
      {isBelieved ? (
        <p className={styles.note}>{say.believed}</p>
      ) : (
        <Button size="s" onPress={() => remember([...linesOf(remembered), key.text].join('\n'))}>
          {say.believe}
        </Button>
      )}
    </div>
  );
}
