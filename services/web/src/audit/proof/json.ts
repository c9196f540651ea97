// JSON as the log and its receipts have it: read so that two readers cannot take it for two things, and written in its
// one spelling (RFC 8785, as far as entries need it).
import { proof as say } from '../../strings/proof';
import { need } from './bad';

/** A number with a fraction or an exponent, or one too large to be exact. */
export class Fraction {
  constructor(readonly value: number) {}
}

export type Json = null | boolean | number | string | Fraction | Json[] | JsonObject;
export interface JsonObject {
  [name: string]: Json;
}

const reasons = say.reasons.json;
const MAX_DEPTH = 128;
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const LONE_SURROGATE = /\p{Surrogate}/u;
const words: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };

/** No member twice, no half of a surrogate pair, nothing after the value. */
export function readJson(text: string): Json {
  let at = 0;

  const skip = () => {
    while (' \t\n\r'.includes(text.charAt(at)) && at < text.length) at += 1;
  };
  const take = (char: string): boolean => {
    skip();
    if (text[at] !== char) return false;
    at += 1;
    return true;
  };

  function string(): string {
    const start = at;
    at += 1;
    while (text[at] !== '"') {
      need(at < text.length, reasons.none);
      at += text[at] === '\\' ? 2 : 1;
    }
    at += 1;
    const value = parsed(text.slice(start, at));
    need(typeof value === 'string' && !LONE_SURROGATE.test(value), reasons.string);
    return value;
  }

  function number(): number | Fraction {
    NUMBER.lastIndex = at;
    const [spelled, fraction, exponent] = NUMBER.exec(text) ?? [];
    need(spelled !== undefined, reasons.none);
    at += spelled.length;
    const value = Number(spelled);
    need(Number.isFinite(value), reasons.number);
    const isExact = fraction === undefined && exponent === undefined && Number.isSafeInteger(value) && !Object.is(value, -0);
    return isExact ? value : new Fraction(value);
  }

  function list(depth: number): Json[] {
    const values: Json[] = [];
    at += 1;
    if (take(']')) return values;
    do values.push(value(depth));
    while (take(','));
    need(take(']'), reasons.none);
    return values;
  }

  function object(depth: number): JsonObject {
    const members = Object.create(null) as JsonObject;
    at += 1;
    if (take('}')) return members;
    do {
      skip();
      need(text[at] === '"', reasons.none);
      const name = string();
      need(!(name in members), reasons.twice);
      need(take(':'), reasons.none);
      members[name] = value(depth);
    } while (take(','));
    need(take('}'), reasons.none);
    return members;
  }

  function value(depth: number): Json {
    need(depth < MAX_DEPTH, reasons.deep);
    skip();
    const char = text.charAt(at);
    if (char === '{') return object(depth + 1);
    if (char === '[') return list(depth + 1);
    if (char === '"') return string();
    const word = Object.keys(words).find((one) => text.startsWith(one, at));
    if (word === undefined) return number();
    at += word.length;
    return words[word] ?? null;
  }

  const whole = value(0);
  skip();
  need(at === text.length, reasons.none);
  return whole;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Fraction);

/** Members sorted, no white space, whole numbers alone. */
export function canonical(value: Json): string {
  need(!(value instanceof Fraction), reasons.fraction);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  // The order of UTF-16 units, as the RFC has it, is that of `sort`.
  const members = Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name] ?? null)}`);
  return `{${members.join(',')}}`;
}

/** A member of an object that may be anything. */
export function member(value: Json | undefined, name: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}
