// Where an entry stands in the log, found from the log's own tiles (C2SP tlog-tiles). They need not be believed: whatever
// they hold has to lead to the root that is signed.
import { proof as say } from '../../strings/proof';
import { need } from './bad';
import type { Bytes } from './bytes';
import { nodeHash } from './tree';

/** A file of the log below `tile/`; null where there is none. */
export type ReadTile = (path: string) => Promise<Bytes | null>;

/** Hashes of a whole tile, which are those of eight levels of the tree. */
const WIDTH = 256;
const LEVELS = 8;
const HASH_BYTES = 32;

/** `0/x001/x234/067.p/12` */
export function tilePath(level: number, index: number, width: number): string {
  const thousands: string[] = [];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    thousands.unshift(`x${String(rest % 1000).padStart(3, '0')}/`);
  }
  const number = thousands.join('') + String(index % 1000).padStart(3, '0');
  return `${level}/${number}${width === WIDTH ? '' : `.p/${width}`}`;
}

/** Reads each tile once. */
export function keeping(read: ReadTile): ReadTile {
  const kept = new Map<string, Promise<Bytes | null>>();
  return (path) => {
    const known = kept.get(path) ?? read(path);
    kept.set(path, known);
    return known;
  };
}

async function tileOf(level: number, index: number, size: number, read: ReadTile): Promise<Bytes> {
  const width = Math.min(WIDTH, Math.floor(size / WIDTH ** level) - index * WIDTH);
  // The beginning of a tile goes when the tile is whole.
  const tile = (await read(tilePath(level, index, width))) ?? (width < WIDTH ? await read(tilePath(level, index, WIDTH)) : null);
  need(tile !== null && tile.length >= width * HASH_BYTES, say.reasons.tile);
  return tile;
}

/** The hash over the entries `[index << level, (index + 1) << level)`, all of them below `size`. */
async function nodeOf(level: number, index: number, size: number, read: ReadTile): Promise<Bytes> {
  const inner = level % LEVELS;
  const first = index * 2 ** inner;
  const tile = await tileOf(Math.floor(level / LEVELS), Math.floor(first / WIDTH), size, read);
  const at = (place: number) => tile.slice(place * HASH_BYTES, (place + 1) * HASH_BYTES);
  let hashes = Array.from({ length: 2 ** inner }, (_, place) => at((first % WIDTH) + place));
  while (hashes.length > 1) {
    const pairs = Array.from({ length: hashes.length / 2 }, (_, pair) => hashes.slice(2 * pair, 2 * pair + 2));
    hashes = await Promise.all(pairs.map(([left, right]) => nodeHash(left ?? at(0), right ?? at(0))));
  }
  return hashes[0] ?? at(0);
}

/** The largest power of two below a number, as its exponent. */
function below(size: number): number {
  let level = 0;
  while (2 ** (level + 1) < size) level += 1;
  return level;
}

/** The hash over `[from, to)`, where a subtree of that size begins. */
async function rangeOf(from: number, to: number, size: number, read: ReadTile): Promise<Bytes> {
  const level = below(to - from);
  if (to - from === 1) return nodeOf(0, from, size, read);
  const middle = from + 2 ** level;
  if (to - middle === 2 ** level) return nodeOf(level + 1, from / 2 ** (level + 1), size, read);
  return nodeHash(await rangeOf(from, middle, size, read), await rangeOf(middle, to, size, read));
}

/** The inclusion proof of an entry, from its sibling upwards. */
export async function pathOf(index: number, size: number, read: ReadTile): Promise<Bytes[]> {
  const path: Bytes[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + 2 ** below(to - from);
    if (index < middle) {
      path.unshift(await rangeOf(middle, to, size, read));
      to = middle;
    } else {
      path.unshift(await rangeOf(from, middle, size, read));
      from = middle;
    }
  }
  return path;
}
