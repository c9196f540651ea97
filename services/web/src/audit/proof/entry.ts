// An entry of the log, from its bytes.
import { proof as say } from '../../strings/proof';
import { need } from './bad';
import { utf8 } from './bytes';
import { canonical, isObject, type Json, type JsonObject, readJson } from './json';
import { exactly, having, like, mapOf, orNull, text, whole } from './shape';

const reasons = say.reasons.entry;
const MAX_BYTES = 65_535;

export interface Entry {
  v: number;
  seq: number;
  id: string;
  at: string;
  tenant: string;
  actor: string;
  role: string;
  action: string;
  request: string | null;
  object: JsonObject;
  commitments: Record<string, string>;
  checkpoint: number;
  release: string;
}

const TIME = /^(\d{4})-(\d\d)-(\d\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{9}Z$/;

const ENTRY = exactly({
  v: whole,
  seq: whole,
  id: text,
  at: like(TIME),
  tenant: text,
  actor: text,
  role: text,
  action: text,
  request: orNull(text),
  object: having({}),
  commitments: mapOf(text),
  checkpoint: whole,
  release: text,
});

/** Printable ASCII without double quotes and backslashes. */
const WORD = /^[!#-[\]-~]{1,128}$/;

/** What may stand in an entry, at any depth. */
function checkValues(value: Json): void {
  if (isObject(value)) for (const name of Object.keys(value)) need(WORD.test(name), reasons.word);
  const inner = isObject(value) ? Object.values(value) : Array.isArray(value) ? value : [];
  inner.forEach(checkValues);
  need(typeof value !== 'string' || WORD.test(value), reasons.word);
}

function isDay(at: string): boolean {
  const [, year = 0, month = 0, day = 0] = (TIME.exec(at) ?? []).map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return year > 0 && date.getUTCMonth() + 1 === month && date.getUTCDate() === day;
}

export function entryOf(spelled: string): Entry {
  const value = readJson(spelled);
  ENTRY(value, say.reasons.entry.name);
  checkValues(value);
  const entry = value as unknown as Entry;
  need(entry.v === 1 && isDay(entry.at), reasons.value);
  need(canonical(value) === spelled && utf8(spelled).length <= MAX_BYTES, reasons.spelling);
  return entry;
}

/** The bytes of an entry that came as an object: its one spelling. */
export const spelled = (entry: object): string => canonical(entry as JsonObject);
