// The log's public keys, to be noted where nobody can change them.
import { useQuery } from '@tanstack/react-query';
import { Copyable } from '../../parts/Copyable';
import { Fact, Facts } from '../../parts/Facts';
import { log } from '../../strings/log';
import { sha256 } from '../../text/digest';
import styles from './Log.module.css';
import { byFours, partsOf } from './state';

const say = log.keys;

export function Keys({ keys }: { keys: readonly string[] }) {
  return (
    <section className={styles.section}>
      <h2>{say.heading(keys.length)}</h2>
      <p>{say.lead}</p>
      {keys.map((key) => (
        <PublicKey key={key} text={key} />
      ))}
    </section>
  );
}

function PublicKey({ text }: { text: string }) {
  const { name, id } = partsOf(text);
  const { data: digest } = useQuery({
    queryKey: ['fingerprint', text],
    queryFn: () => sha256(text),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <div className={styles.key}>
      <Facts>
        <Fact name={say.name}>
          <code>{name}</code>
        </Fact>
        <Fact name={say.id}>
          <code>{id}</code>
        </Fact>
        <Fact name={say.fingerprint} isWide>
          {digest && (
            <>
              <code className={styles.fingerprint}>{byFours(digest)}</code>
              <p className={styles.note}>{say.fingerprintNote}</p>
            </>
          )}
          {digest === null && say.noFingerprint}
        </Fact>
      </Facts>
      <Copyable label={`${say.key} ${id}`} text={text} />
    </div>
  );
}
