// What a policy says of a field, in words.
import { literature } from '../../strings';
import { policies } from '../../strings/policies';
import { dateWords } from '../../text/dates';
import { visibleName } from '../../text/names';
import type { Kind } from '../types';
import type { Field, Value } from './differences';

const say = policies.differences;

const absent: Partial<Record<Field, string>> = { quote_words: say.noLimit, expires: say.endless };

/** Texts with all of their characters in sight: two that differ must not look the same. */
export function valueWords(field: Field, value: Value): string {
  if (value === null) return absent[field] ?? say.notStated;
  if (typeof value === 'boolean') return value ? say.allowed : say.notAllowed;
  if (typeof value === 'number') return say.words(value);
  if (field === 'kind') return literature.kinds[value as Kind] ?? value;
  return visibleName(field === 'expires' ? dateWords(value) : value);
}
