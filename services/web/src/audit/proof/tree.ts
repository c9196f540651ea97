// The Merkle tree of RFC 6962, section 2.1.
import { type Bytes } from './bytes';
import { sha256 } from './crypto';

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export const leafHash = (leaf: Bytes): Promise<Bytes> => sha256(LEAF, leaf);

export const nodeHash = (left: Bytes, right: Bytes): Promise<Bytes> => sha256(NODE, left, right);

/** The root that a path leads to, from the leaf's sibling upwards. Null where the place has a path of another length. */
export async function rootByPath(
  leaf: Bytes,
  index: number,
  size: number,
  path: readonly Bytes[],
): Promise<Bytes | null> {
  if (index >= size) return null;
  let [hash, at, last, used] = [leaf, index, size - 1, 0];
  while (last > 0) {
    const isRight = at % 2 === 1;
    // The last of an odd number has no sibling: it stands for its parent.
    if (isRight || at < last) {
      const sibling = path[used];
      if (!sibling) return null;
      used += 1;
      hash = isRight ? await nodeHash(sibling, hash) : await nodeHash(hash, sibling);
    }
    // Halved without bits: those of JavaScript end at 32.
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return used === path.length ? hash : null;
}
