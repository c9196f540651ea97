// Which version is open, and what it is held against.
import { expect, it } from 'vitest';
import { openedIn, type RecordSearch } from './state';
import { versionOf } from './sample';

const record = { versions: [3, 2, 1].map((number) => versionOf({ number })) };
const told = (search: RecordSearch, of = record) => {
  const opened = openedIn(of, search);
  return opened && [opened.version.number, opened.against?.number ?? null, opened.view, opened.isMissing];
};

it('is the newest, held against the one before it, unless the address says otherwise', () => {
  expect(told({})).toEqual([3, 2, 'text', false]);
  expect(told({ version: '2', view: 'history' })).toEqual([2, 1, 'history', false]);
  expect(told({ version: '1' })).toEqual([1, 2, 'text', false]);
  expect(told({ version: '3', against: '1', view: 'differences' })).toEqual([3, 1, 'differences', false]);
});

it('is what it can be where the address is wrong', () => {
  expect(told({ version: '9', against: '9', view: 'constructor' })).toEqual([3, 2, 'text', true]);
  expect(told({ version: '3', against: '3' })).toEqual([3, 2, 'text', false]);
  expect(told({ version: '03' })).toEqual([3, 2, 'text', true]);
  expect(told({}, { versions: [versionOf({ number: 1 })] })).toEqual([1, null, 'text', false]);
  expect(openedIn({ versions: [] }, {})).toBeNull();
});
