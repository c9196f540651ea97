// Whether entries stand in the log as it is now: each at its place, under a checkpoint that is signed.
import { proof as say } from '../../strings/proof';
import { Bad, need } from './bad';
import { isSame, utf8 } from './bytes';
import { hasHashes, Unable } from './crypto';
import { entryOf } from './entry';
import { checkpointOf, type Key, keyOf, noteOf } from './note';
import { checkSigned } from './signed';
import { keeping, pathOf, type ReadTile } from './tiles';
import { leafHash, rootByPath } from './tree';
import type { Verdict } from './verify';

export interface InLog {
  verdict: Verdict;
  /** Entries of the log now. */
  size: number;
  /** What does not hold, or could not be checked; empty where all was. */
  detail: string;
}

export interface Log {
  checkpoint: string;
  /** Its keys, as it says itself. */
  keys: readonly string[];
  tile: ReadTile;
}

/** Never throws but for what could not be read. Without believed keys, the log's own are taken at their word. */
export async function checkInLog(entries: readonly string[], log: Log, believed: readonly Key[]): Promise<InLog> {
  if (!hasHashes()) return { verdict: 'unable', size: 0, detail: say.unable.subtle };
  let size = 0;
  try {
    const note = noteOf(log.checkpoint);
    const checkpoint = checkpointOf(note);
    size = checkpoint.size;
    const read = keeping(log.tile);
    for (const text of entries) {
      const { seq } = entryOf(text);
      need(seq < size, say.reasons.beyond(seq));
      const root = await rootByPath(await leafHash(utf8(text)), seq, size, await pathOf(seq, size, read));
      need(root !== null && isSame(root, checkpoint.root), say.reasons.notInLog(seq));
    }
    const trusted = believed.length > 0 ? believed : await Promise.all(log.keys.map(keyOf));
    await checkSigned([{ of: say.parts.now, note, checkpoint }], trusted);
    return { verdict: believed.length > 0 ? 'proved' : 'consistent', size, detail: '' };
  } catch (error) {
    if (error instanceof Unable) return { verdict: 'unsigned', size, detail: error.message };
    if (error instanceof Bad) return { verdict: 'fails', size, detail: error.message };
    throw error;
  }
}
