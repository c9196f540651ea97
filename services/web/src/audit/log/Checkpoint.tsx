// The newest checkpoint, to be kept elsewhere.
import { save } from '../../export/file';
import { Button } from '../../parts/Button';
import { Copyable } from '../../parts/Copyable';
import { Disclosure } from '../../parts/Disclosure';
import { ExportIcon } from '../../parts/icons';
import { log } from '../../strings/log';
import type { LogState } from './calls';
import styles from './Log.module.css';

const say = log.checkpoint;
const ADDRESS = '/log/checkpoint';

export function Checkpoint({ state: { checkpoint, cosigned, size } }: { state: LogState }) {
  return (
    <section className={styles.section}>
      <h2>{say.heading}</h2>
      <p>{say.lead}</p>
      <div className={styles.held}>
        <Copyable label={say.label} text={checkpoint} />
        <Button
          size="s"
          icon={<ExportIcon size={14} />}
          onPress={() => save(`osler-checkpoint-${size}.txt`, 'text/plain', checkpoint)}
        >
          {say.save}
        </Button>
        <p className={styles.note}>
          {say.address} <a href={ADDRESS}>{ADDRESS}</a>.
        </p>
      </div>
      {cosigned != null && (
        <Disclosure title={say.cosigned}>
          <Copyable label={say.cosignedLabel} text={cosigned} />
        </Disclosure>
      )}
    </section>
  );
}
