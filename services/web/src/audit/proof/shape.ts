// Shapes of JSON: what must be there, of which type, and what must not be there.
import { proof as say } from '../../strings/proof';
import { need } from './bad';
import { Fraction, isObject, type Json } from './json';

const reasons = say.reasons.shape;

/** Refuses a value of another shape; `at` says where it stands. */
export type Shape = (value: Json | undefined, at: string) => void;

export const anything: Shape = (value, at) => need(value !== undefined, reasons.missing(at));

export const text: Shape = (value, at) => need(typeof value === 'string', reasons.type(at));

/** A whole number, 0 or more. */
export const whole: Shape = (value, at) => need(typeof value === 'number' && value >= 0, reasons.type(at));

/** A number, maybe with a fraction. */
export const amount: Shape = (value, at) =>
  need(typeof value === 'number' || value instanceof Fraction, reasons.type(at));

export const like =
  (pattern: RegExp): Shape =>
  (value, at) => need(typeof value === 'string' && pattern.test(value), reasons.spelling(at));

export const hash = like(/^[0-9a-f]{64}$/);

export const orNull =
  (shape: Shape): Shape =>
  (value, at) => {
    if (value !== null) shape(value, at);
  };

export const listOf =
  (shape: Shape): Shape =>
  (value, at) => {
    need(Array.isArray(value), reasons.type(at));
    for (const [place, one] of value.entries()) shape(one, `${at}[${place}]`);
  };

export const mapOf =
  (shape: Shape): Shape =>
  (value, at) => {
    need(isObject(value), reasons.type(at));
    for (const [name, one] of Object.entries(value)) shape(one, `${at}.${name}`);
  };

type Members = Readonly<Record<string, Shape>>;

/** With at least these members. */
export const having =
  (members: Members): Shape =>
  (value, at) => {
    need(isObject(value), reasons.type(at));
    for (const [name, shape] of Object.entries(members)) {
      need(Object.hasOwn(value, name), reasons.missing(`${at}.${name}`));
      shape(value[name], `${at}.${name}`);
    }
  };

/** With these members and no others. */
export const exactly = (members: Members): Shape => {
  const own = having(members);
  return (value, at) => {
    own(value, at);
    const other = Object.keys(value as object).find((name) => !Object.hasOwn(members, name));
    need(other === undefined, reasons.more(`${at}.${other ?? ''}`));
  };
};
