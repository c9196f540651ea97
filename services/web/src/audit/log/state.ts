// How the log stands, in what the server says of it.
import { Bad } from '../proof/bad';
import { noteOf } from '../proof/note';
import type { LogState, WitnessState } from './calls';

export type Health = 'alarm' | 'shut' | 'silent' | 'alone' | 'well';

export function healthOf({ is_well, witnesses }: LogState): Health {
  if (witnesses.some(({ alarm }) => alarm)) return 'alarm';
  if (!is_well) return 'shut';
  if (witnesses.length === 0) return 'alone';
  return witnesses.every((witness) => standingOf(witness) === 'well') ? 'well' : 'silent';
}

export type WitnessStanding = 'alarm' | 'trouble' | 'waiting' | 'well';

export function standingOf({ alarm, problem, size }: WitnessState): WitnessStanding {
  if (alarm) return 'alarm';
  if (problem != null) return 'trouble';
  return size === 0 ? 'waiting' : 'well';
}

/** C2SP tlog-cosignature: eight bytes of time, high first, then the signature. */
const COSIGNATURE_BYTES = 8 + 64;

/** Of the year 9999: no clock says more, but a note could. */
const LAST_SECOND = 253_402_300_799;

/** When each witness signed, RFC 3339, as a cosigned checkpoint says it. */
export function timesOf(cosigned: string | null | undefined): Map<string, string> {
  const times = new Map<string, string>();
  for (const { name, bytes } of signaturesOf(cosigned ?? '')) {
    if (bytes.length !== COSIGNATURE_BYTES) continue;
    const seconds = Number(new DataView(bytes.buffer).getBigUint64(0));
    if (seconds <= LAST_SECOND) times.set(name, new Date(seconds * 1000).toISOString());
  }
  return times;
}

function signaturesOf(note: string) {
  try {
    return noteOf(note).signatures;
  } catch (error) {
    if (error instanceof Bad) return [];
    throw error;
  }
}

/** What a public key is written of: `NAME+ID+KEY`. */
export function partsOf(key: string): { name: string; id: string } {
  const [name = key, id = ''] = key.split('+');
  return { name, id };
}

/** Hexadecimal digits by fours, as they are read aloud and compared. */
export const byFours = (hex: string): string => hex.replace(/.{4}(?=.)/g, '$& ');
