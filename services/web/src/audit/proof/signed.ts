// Whether a checkpoint is signed by the log that it names, with a key that is believed.
import { proof as say } from '../../strings/proof';
import { need } from './bad';
import { canVerify, Unable } from './crypto';
import { type Checkpoint, isSigned, type Key, LOG, type Note, signaturesBy } from './note';

const reasons = say.reasons;

/** Checkpoints with what they are of, as it is said. Gives the name of the log that signed them. */
export async function checkSigned(
  notes: readonly { of: string; note: Note; checkpoint: Checkpoint }[],
  trusted: readonly Key[],
): Promise<string> {
  const isAble = await canVerify();
  let name = '';
  for (const { of, note, checkpoint } of notes) {
    const by = trusted.filter((key) => signaturesBy(note, key).length > 0);
    need(by.some((key) => key.kind === LOG && key.name === checkpoint.origin), reasons.unsigned(of));
    for (const key of isAble ? by : []) need(await isSigned(note, key), reasons.signature(of));
    name = checkpoint.origin;
  }
  if (!isAble) throw new Unable(say.unable.ed25519);
  return name;
}
