// Facts about a version, in words.
import { expect, it } from 'vitest';
import { documentRecord as say } from '../../strings/documents';
import { forceWords, isStaged, scoreWords } from './facts';
import { sizeWords } from './size';

it('a snapshot has what was added in it, and not what was removed in it', () => {
  expect(forceWords([{ added: 3, removed: null }])).toBe('since snapshot 3');
  expect(forceWords([{ added: 1, removed: 2 }, { added: 4, removed: 7 }])).toBe('in snapshot 1; in snapshots 4 to 6');
  expect(forceWords([{ added: 5, removed: 5 }])).toBe(say.versions.never);
  expect(forceWords([])).toBe(say.versions.never);
});

it('what is staged is not in force yet, and what is to leave still is', () => {
  const stand = { published: 3, staged: 4 };
  expect(forceWords([{ added: 4, removed: null }], stand)).toBe(say.versions.coming(4));
  expect(forceWords([{ added: 2, removed: 4 }], stand)).toBe(say.versions.leaving(2, 4));
  expect(forceWords([{ added: 2, removed: null }], stand)).toBe(say.versions.since(2));
  expect(isStaged({ in_force: [{ added: 4, removed: null }] }, stand)).toBe(true);
  expect(isStaged({ in_force: [{ added: 4, removed: 4 }] }, stand)).toBe(false);
  // A part of it is in force, and more is to come.
  expect(isStaged({ in_force: [{ added: 1, removed: null }, { added: 4, removed: null }] }, stand)).toBe(false);
  // Rolled back to an earlier one.
  expect(forceWords([{ added: 2, removed: 4 }], { published: 1, staged: 4 })).toBe(say.versions.span(2, 3));
});

it('a score is never said to be better than it is', () => {
  expect([1, 0.999, 0.734, 0].map(scoreWords)).toEqual(['100\u00a0%', '99\u00a0%', '73\u00a0%', '0\u00a0%']);
});

it('a size is said in its unit', () => {
  expect([0, 999, 2048, 1_450_000].map(sizeWords)).toEqual(['0\u00a0bytes', '999\u00a0bytes', '2\u00a0kB', '1.5\u00a0MB']);
});

it('kinds and acts that have no words here are said as they came', () => {
  expect(say.versions.defect('constructor', 3)).toBe('constructor: 3');
  expect(say.history.action('constructor')).toBe('constructor');
});
