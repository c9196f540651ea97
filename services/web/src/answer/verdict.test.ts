// Every verdict has an icon, a word and a tone of its own standing.
import { expect, it } from 'vitest';
import { shownVerdict } from './verdict';

const all = ['supported', 'partial', 'unverifiable', 'unsupported', 'contradicted'];

it('each verdict can be told by its word and by its icon, without colour', () => {
  const shown = all.map(shownVerdict);
  expect(new Set(shown.map((one) => one.word)).size).toBe(all.length);
  expect(new Set(shown.map((one) => one.Icon)).size).toBe(all.length);
  expect(shown.filter((one) => one.tone === 'good').map((one) => one.word)).toEqual(['Supported']);
});

it('a verdict that is not known is never shown as supported', () => {
  for (const odd of ['', 'SUPPORTED', 'toString', '__proto__', 'verified']) {
    expect(shownVerdict(odd)).toMatchObject({ tone: 'info', word: 'Not verifiable' });
  }
});
