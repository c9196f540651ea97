// @vitest-environment node
// Entries are found in a log of any size from its tiles alone, and only where they are.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { proof as say } from '../../strings/proof';
import { type Bytes, base64 } from './bytes';
import { spelled } from './entry';
import { checkInLog, type Log } from './inlog';
import { keyOf } from './note';
import { newSigner } from './sample';
import { tilePath } from './tiles';

const sha256 = (...parts: (Uint8Array | string)[]): Bytes => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
};
const node = (left: Bytes, right: Bytes) => sha256(Uint8Array.of(1), left, right);

const entryAt = (seq: number): string =>
  spelled({
    v: 1, seq, id: `id-${seq}`, at: '2026-11-22T10:00:00.000000000Z', tenant: 'default', actor: 'somebody', role: 'auditor',
    action: 'test.done', request: null, object: {}, commitments: {}, checkpoint: 0, release: 'osler-test',
  });

/** Whole subtrees by level, and the root: neighbours are joined, an odd one moves up as it is. */
function treeOf(leaves: Bytes[]): { levels: Bytes[][]; root: Bytes } {
  const levels = [leaves];
  for (let last = leaves; last.length > 1; last = levels.at(-1) ?? []) {
    levels.push(Array.from({ length: Math.floor(last.length / 2) }, (_, at) => node(last[2 * at] as Bytes, last[2 * at + 1] as Bytes)));
  }
  let row = leaves;
  while (row.length > 1) {
    const joined = Array.from({ length: Math.floor(row.length / 2) }, (_, at) => node(row[2 * at] as Bytes, row[2 * at + 1] as Bytes));
    row = [...joined, ...row.slice(joined.length * 2)];
  }
  return { levels, root: row[0] ?? sha256() };
}

async function logOf(size: number, later = size) {
  const signer = await newSigner();
  const leaves = Array.from({ length: later }, (_, seq) => sha256(Uint8Array.of(0), entryAt(seq)));
  const { levels } = treeOf(leaves);
  const text = `osler.log/test\n${size}\n${base64(treeOf(leaves.slice(0, size)).root)}\n`;
  const asked: string[] = [];
  const log: Log = {
    checkpoint: `${text}\n${await signer.sign(text)}`,
    keys: [signer.key],
    tile: (path) => {
      asked.push(path);
      const [, level = '', number = '', width = '256'] = /^(\d+)\/([x\d/]+)(?:\.p\/(\d+))?$/.exec(path) ?? [];
      const index = Number(number.replace(/[x/]/g, ''));
      const row = levels[8 * Number(level)] ?? [];
      const tile = row.slice(index * 256, index * 256 + Number(width));
      // As the server: whole tiles, and the beginning of the last.
      const isThere = tile.length === Number(width) && (width === '256' || row.length < (index + 1) * 256);
      return Promise.resolve(isThere ? Uint8Array.from(tile.flatMap((hash) => [...hash])) : null);
    },
  };
  return { log, asked, believed: [await keyOf(signer.key)] };
}

describe('entries of a log', () => {
  it.each([1, 2, 3, 7, 8, 255, 256, 257, 511, 512, 513, 1_000, 66_000])('of %i are found', async (size) => {
    const { log, asked, believed } = await logOf(size);
    const places = [...new Set([0, 1, 2, 254, 255, 256, 257, size - 2, size - 1, Math.floor(size / 3)])];
    const entries = places.filter((seq) => seq >= 0 && seq < size).map(entryAt);
    expect(await checkInLog(entries, log, believed)).toEqual({ verdict: 'proved', size, detail: '' });
    // Each tile once, and no more than the height of the tree asks for.
    expect(new Set(asked).size).toBe(asked.length);
    expect(asked.length).toBeLessThan(40);
  });

  it('are found while the log goes on, when the beginning of a tile is gone', async () => {
    const { log, asked, believed } = await logOf(200, 300);
    expect(await checkInLog([entryAt(5), entryAt(199)], log, believed)).toMatchObject({ verdict: 'proved', size: 200 });
    expect(asked).toEqual(['0/000.p/200', '0/000']);
  });

  it('are no more than consistent with the key that the log gives itself', async () => {
    const { log } = await logOf(9);
    expect(await checkInLog([entryAt(8)], log, [])).toMatchObject({ verdict: 'consistent' });
  });

  it.each([
    ['another entry at its place', entryAt(3).replace('auditor', 'librarian'), say.reasons.notInLog(3)],
    ['an entry that is not there yet', entryAt(9), say.reasons.beyond(9)],
    ['no entry', '{}', say.reasons.shape.missing('entry.v')],
  ])('are not %s', async (_, entry, detail) => {
    const { log, believed } = await logOf(9);
    expect(await checkInLog([entryAt(0), entry], log, believed)).toEqual({ verdict: 'fails', size: 9, detail });
  });

  it('are not in a log whose tiles say something else, or are not there', async () => {
    const { log, believed } = await logOf(300);
    const spoilt: Log = {
      ...log,
      tile: async (path) => {
        const tile = await log.tile(path);
        if (tile) tile[77] = (tile[77] ?? 0) ^ 1;
        return tile;
      },
    };
    expect(await checkInLog([entryAt(0)], spoilt, believed)).toMatchObject({ verdict: 'fails', detail: say.reasons.notInLog(0) });
    const gone: Log = { ...log, tile: () => Promise.resolve(null) };
    expect(await checkInLog([entryAt(0)], gone, believed)).toMatchObject({ verdict: 'fails', detail: say.reasons.tile });
  });

  it('are not believed under a checkpoint that somebody else signed', async () => {
    const [{ log }, other] = await Promise.all([logOf(5), logOf(5)]);
    expect(await checkInLog([entryAt(0)], log, other.believed)).toMatchObject({
      verdict: 'fails',
      detail: say.reasons.unsigned(say.parts.now),
    });
  });
});

it('the newest checkpoint that the program recorded is signed by the key of its log', async () => {
  const examples = new URL('../../../../server/src/http/examples.json', `file://${import.meta.filename}`);
  const { checkpoint, log_state } = JSON.parse(readFileSync(examples, 'utf8')) as {
    checkpoint: { reply: string };
    log_state: { reply: { keys: string[] } };
  };
  const log: Log = { checkpoint: checkpoint.reply, keys: log_state.reply.keys, tile: () => Promise.resolve(null) };
  const size = Number(checkpoint.reply.split('\n')[1]);
  expect(await checkInLog([], log, [])).toEqual({ verdict: 'consistent', size, detail: '' });
  const other: Log = { ...log, checkpoint: log.checkpoint.replace(`\n${size}\n`, `\n${size + 1}\n`) };
  expect(await checkInLog([], other, [])).toMatchObject({ verdict: 'fails', detail: say.reasons.signature(say.parts.now) });
});

it('tiles have the paths of C2SP tlog-tiles', () => {
  expect(tilePath(0, 0, 256)).toBe('0/000');
  expect(tilePath(1, 1_234_067, 256)).toBe('1/x001/x234/067');
  expect(tilePath(2, 1_000, 17)).toBe('2/x001/000.p/17');
});
