// Holding the words of an answer, lifting that, and erasing them: each after it has been asked again.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useSaid } from '../../library/useSaid';
import { ActDialog } from '../../parts/ActDialog';
import { Button } from '../../parts/Button';
import { TrashIcon } from '../../parts/icons';
import { Notice } from '../../parts/Notice';
import { useSession } from '../../session/useSession';
import { record } from '../../strings/record';
import { type AnswerRecord, deleteHold, deleteWords, FOUND, putHold, recordQuery } from './calls';
import { forgetWords, isStillRead } from './forget';
import styles from './Record.module.css';

const say = record.keeping;
const MOST = 2000;

type Act = 'hold' | 'lift' | 'erase';

export function Keeping({ record: { id, held, question } }: { record: AnswerRecord }) {
  const { mayRun } = useSession();
  const [act, setAct] = useState<Act | null>(null);
  const [said, tell] = useSaid();
  // They are gone, and there is something left to do.
  const [mustRepeat, setMustRepeat] = useState(false);
  const client = useQueryClient();
  const close = () => setAct(null);
  const done = async (words: string) => {
    close();
    tell(words);
    void client.invalidateQueries({ queryKey: FOUND });
    await client.invalidateQueries({ queryKey: recordQuery(id).queryKey });
  };
  const erased = async (isRead: boolean) => {
    setMustRepeat(isRead);
    await done(isRead ? '' : say.eraseDone);
    forgetWords(client, id);
  };
  return (
    <section className={styles.section}>
      <h2>{say.heading}</h2>
      <p>{say.lead(held)}</p>
      <p className={styles.tools}>
        <Button onPress={() => setAct(held ? 'lift' : 'hold')}>{held ? say.lift : say.hold}</Button>
        {mayRun && (question != null || mustRepeat) && !held && (
          <Button look="danger" icon={<TrashIcon size={16} />} onPress={() => setAct('erase')}>
            {say.erase}
          </Button>
        )}
      </p>
      {mayRun && question != null && held && <p className={styles.note}>{say.eraseHeld}</p>}
      <p role="status" className={styles.note}>
        {said}
      </p>
      {mustRepeat && <Notice tone="warn" title={say.eraseStill} live="alert" />}
      {act === 'hold' && (
        <ActDialog
          title={say.holdTitle}
          reason={{ label: say.reason, missing: say.noReason, max: MOST }}
          act={say.hold}
          acting={say.holding}
          failed={say.holdFailed}
          send={({ reason }) => putHold(id, reason)}
          onDone={() => void done(say.holdDone)}
          onClose={close}
        >
          <p>{say.holdDetail}</p>
        </ActDialog>
      )}
      {act === 'lift' && (
        <ActDialog
          title={say.liftTitle}
          act={say.lift}
          acting={say.lifting}
          failed={say.liftFailed}
          send={() => deleteHold(id)}
          onDone={() => void done(say.liftDone)}
          onClose={close}
        >
          <p>{say.liftDetail}</p>
        </ActDialog>
      )}
      {act === 'erase' && (
        <ActDialog
          title={say.eraseTitle}
          act={say.erase}
          acting={say.erasing}
          failed={say.eraseFailed}
          isDanger
          send={() => deleteWords(id)}
          onDone={() => void erased(false)}
          onFailed={(error) => {
            if (isStillRead(error)) void erased(true);
          }}
          onClose={close}
        >
          <p>{say.eraseDetail}</p>
        </ActDialog>
      )}
    </section>
  );
}
