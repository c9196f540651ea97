// Signed notes (C2SP signed-note), the keys that sign them, and the checkpoints that they hold.
import { proof as say } from '../../strings/proof';
import { need } from './bad';
import { type Bytes, hex, isSame, unbase64, utf8 } from './bytes';
import { isSignedBy, sha256 } from './crypto';

const reasons = say.reasons;

/** The log's own keys, and those of witnesses. */
export const LOG = 1;
const WITNESS = 4;

export interface Key {
  /** As it is written: `NAME+ID+KEY`. */
  text: string;
  name: string;
  /** Four bytes, hexadecimal: they tell keys apart, and prove nothing. */
  id: string;
  kind: number;
  raw: Bytes;
}

const NAME = /^[^\s\p{Cc}+]+$/u;

/** From `NAME+ID+KEY`; the id must be that of name and key. */
export async function keyOf(text: string): Promise<Key> {
  const [, name, id, encoded] = /^([^+]+)\+([^+]*)\+(.+)$/s.exec(text) ?? [];
  need(name !== undefined && id !== undefined && encoded !== undefined && NAME.test(name), reasons.key.form);
  const data = unbase64(encoded);
  const kind = data[0];
  need(data.length === 33 && (kind === LOG || kind === WITNESS), reasons.key.kind);
  need((await idOf(name, data)) === id, reasons.key.id);
  return { text, name, id, kind, raw: data.slice(1) };
}

/** What tells the keys of a name apart: `data` is the kind and the key. */
export async function idOf(name: string, data: Bytes): Promise<string> {
  return hex((await sha256(utf8(`${name}\n`), data)).slice(0, 4));
}

export const isSameKey = (one: Key, other: Key): boolean =>
  one.name === other.name && one.kind === other.kind && isSame(one.raw, other.raw);

interface Signature {
  name: string;
  id: string;
  bytes: Bytes;
}

export interface Note {
  /** With the line break at its end, as it is signed. */
  text: string;
  signatures: Signature[];
}

export function noteOf(data: string): Note {
  const end = data.lastIndexOf('\n\n');
  // Control characters would let two readers see two notes.
  need(end >= 0 && data.endsWith('\n') && !/[^\P{Cc}\n]/u.test(data), reasons.note.form);
  const lines = data.slice(end + 2, -1).split('\n');
  return { text: data.slice(0, end + 1), signatures: lines.map(signatureOf) };
}

function signatureOf(line: string): Signature {
  const [, name, encoded] = /^\u2014 ([^\s\p{Cc}+]+) (\S{8,})$/u.exec(line) ?? [];
  need(name !== undefined && encoded !== undefined, reasons.note.form);
  const bytes = unbase64(encoded);
  return { name, id: hex(bytes.slice(0, 4)), bytes: bytes.slice(4) };
}

/** The signatures that say they are by this key. */
export const signaturesBy = ({ signatures }: Note, key: Key): Signature[] =>
  signatures.filter(({ name, id }) => name === key.name && id === key.id);

/** Whether the log's key signed: once, and rightly. */
export async function isSigned(note: Note, key: Key): Promise<boolean> {
  const [own, ...more] = signaturesBy(note, key);
  return own !== undefined && more.length === 0 && isSignedBy(key.raw, own.bytes, utf8(note.text));
}

export interface Checkpoint {
  origin: string;
  size: number;
  root: Bytes;
}

export function checkpointOf({ text }: Note): Checkpoint {
  const [origin, size, root, end, ...more] = text.split('\n');
  need(Boolean(origin) && size !== undefined && root !== undefined && end === '' && more.length === 0, reasons.note.checkpoint);
  return { origin: origin ?? '', size: placeOf(size), root: unbase64(root) };
}

/** A number in its one spelling. */
export function placeOf(text: string): number {
  const number = /^(?:0|[1-9]\d{0,15})$/.test(text) ? Number(text) : Number.NaN;
  need(Number.isSafeInteger(number), reasons.note.checkpoint);
  return number;
}

/** That an entry is in the log (C2SP tlog-proof). */
export interface Proof {
  index: number;
  path: Bytes[];
  note: Note;
  checkpoint: Checkpoint;
}

export function proofOf(text: string): Proof {
  const gap = text.indexOf('\n\n');
  need(gap >= 0, reasons.proof);
  const [first, second, ...path] = text.slice(0, gap).split('\n');
  const [, index] = /^index (.*)$/.exec(second ?? '') ?? [];
  need(first === 'c2sp.org/tlog-proof@v1' && index !== undefined, reasons.proof);
  const note = noteOf(text.slice(gap + 2));
  return { index: placeOf(index), path: path.map(hashOf), note, checkpoint: checkpointOf(note) };
}

function hashOf(text: string): Bytes {
  const hash = unbase64(text);
  need(hash.length === 32, reasons.proof);
  return hash;
}
