// Bytes and how they are written. Each has one spelling; any other is refused.
import { proof as say } from '../../strings/proof';
import { need } from './bad';

export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();

export const utf8 = (text: string): Bytes => encoder.encode(text);

/** The text of bytes that are UTF-8. */
export function textOf(bytes: Bytes): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    need(false, say.reasons.utf8);
    return '';
  }
}

export const hex = (bytes: Bytes): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** A hash or a salt: 32 bytes. */
export function unhex(text: string): Bytes {
  need(/^[0-9a-f]{64}$/.test(text), say.reasons.hex);
  return Uint8Array.from({ length: 32 }, (_, at) => Number.parseInt(text.slice(2 * at, 2 * at + 2), 16));
}

export const base64 = (bytes: Bytes): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));

export function unbase64(text: string): Bytes {
  const binary = decoded(text);
  // The browser's own reading takes white space, missing padding and loose bits at the end.
  need(binary !== null && btoa(binary) === text, say.reasons.base64);
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}

function decoded(text: string): string | null {
  try {
    return atob(text);
  } catch {
    return null;
  }
}

export function join(...parts: readonly Bytes[]): Bytes {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

export const isSame = (one: Bytes, other: Bytes): boolean =>
  one.length === other.length && one.every((byte, at) => byte === other[at]);
