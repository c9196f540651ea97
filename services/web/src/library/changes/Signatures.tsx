// Who signed what, as printed on paper: name, meaning, time, hash, and whether the seal holds.
import { Chip } from '../../parts/Chip';
import { Fact, Facts } from '../../parts/Facts';
import { CheckIcon, StopIcon } from '../../parts/icons';
import { Notice } from '../../parts/Notice';
import { Time } from '../../parts/Time';
import { changes } from '../../strings/changes';
import styles from '../Desk.module.css';
import { nameOf } from '../people';
import type { Proposal, Signature } from '../types';
import own from './Changes.module.css';

const say = changes.proposal.signatures;

export function Signatures({ signatures, record_hash }: Pick<Proposal, 'signatures' | 'record_hash'>) {
  return (
    <section className={styles.section} aria-labelledby="signatures">
      <h2 id="signatures">{say.title}</h2>
      {signatures.length === 0 && <p>{say.none}</p>}
      {signatures.some(({ is_good }) => !is_good) && (
        <Notice tone="stop" title={say.badTitle} live="alert">
          {say.badDetail}
        </Notice>
      )}
      {signatures.map((signature) => (
        <SignatureView key={`${signature.meaning}.${signature.at}`} signature={signature} hash={record_hash} />
      ))}
    </section>
  );
}

function SignatureView({ signature, hash }: { signature: Signature; hash: string }) {
  const { meaning, by, full_name, at, record_hash, seal, is_good } = signature;
  return (
    <div className={own.signature}>
      <h3>{say.meanings[meaning]}</h3>
      <Facts>
        <Fact name={say.name}>{full_name}</Fact>
        <Fact name={say.account}>{nameOf(by)}</Fact>
        <Fact name={say.at}>
          <Time at={at} isExact />
        </Fact>
        <Fact name={say.seal}>
          <Chip tone={is_good ? 'good' : 'stop'} icon={is_good ? <CheckIcon size={13} /> : <StopIcon size={13} />}>
            {is_good ? say.good : say.bad}
          </Chip>
        </Fact>
      </Facts>
      <p className={styles.quiet}>
        {say.hash}: <code className={styles.hash}>{record_hash}</code>
      </p>
      <p className={styles.quiet}>
        {say.seal}: <code className={styles.hash}>{seal}</code>
      </p>
      {record_hash !== hash && <Notice tone="stop" title={say.other} />}
    </div>
  );
}
