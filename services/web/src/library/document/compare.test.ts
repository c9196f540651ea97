// Two texts compared: nothing is lost, nothing is invented, and what changed is told as it changed.
import { describe, expect, it } from 'vitest';
import { compareBlocks, compareWords, MAX_WORDS, type Comparison, wordsOf } from './compare';

const before = ['Title', 'Do not start below an eGFR of 30.', 'Stop it in sepsis.', 'Ask the patient.', 'End.'];

/** Both texts, put together again from what is shown. */
function told({ changes }: Comparison): { before: string[]; after: string[] } {
  const lines = (side: 'removed' | 'inserted') =>
    changes.flatMap((change) => (change.is === 'same' ? change.lines : change[side].map(({ text }) => text)));
  return { before: lines('removed'), after: lines('inserted') };
}

describe('blocks', () => {
  it('that are the same stand in one stretch', () => {
    expect(compareBlocks(before, [...before])).toEqual({ changes: [{ is: 'same', lines: before }], isWhole: true });
    expect(compareBlocks([], [])).toEqual({ changes: [], isWhole: true });
  });

  it('that were inserted, removed or changed stand between those that were not', () => {
    const after = ['Title', 'New here.', 'Do not start below an eGFR of 45.', 'Stop it in sepsis.', 'End.'];
    const found = compareBlocks(before, after);
    expect(found.changes.map((change) => change.is)).toEqual(['same', 'changed', 'same', 'changed', 'same']);
    expect(found.changes[1]).toEqual({
      is: 'changed',
      removed: [{ text: 'Do not start below an eGFR of 30.', isMoved: false }],
      inserted: [
        { text: 'New here.', isMoved: false },
        { text: 'Do not start below an eGFR of 45.', isMoved: false },
      ],
    });
    expect(found.changes[3]).toMatchObject({ removed: [{ text: 'Ask the patient.' }], inserted: [] });
    expect(told(found)).toEqual({ before, after });
  });

  it('that were moved are told from those that are gone', () => {
    const after = ['Title', 'Stop it in sepsis.', 'Ask the patient.', 'End.', 'Do not start below an eGFR of 30.'];
    const found = compareBlocks(before, after);
    const moved = found.changes.flatMap((change) => (change.is === 'same' ? [] : [...change.removed, ...change.inserted]));
    expect(moved).toEqual([
      { text: 'Do not start below an eGFR of 30.', isMoved: true },
      { text: 'Do not start below an eGFR of 30.', isMoved: true },
    ]);
    expect(told(found)).toEqual({ before, after });
  });

  it('count as moved only as often as they are in both', () => {
    const twice = 'The same sentence, twice.';
    const found = compareBlocks(['A', twice, twice, 'B', 'C'], ['A', 'B', 'C', twice]);
    const lines = found.changes.flatMap((change) => (change.is === 'same' ? [] : [...change.removed, ...change.inserted]));
    expect(lines.map((line) => line.isMoved).sort()).toEqual([false, true, true]);
  });

  it('of long texts are compared in no time, and nothing is lost', () => {
    const old = Array.from({ length: 8000 }, (_, at) => `Paragraph ${at} of the earlier text, long enough to move.`);
    const other = Array.from({ length: 8000 }, (_, at) => `Paragraph ${at} of another text altogether.`);
    // Each in a place of its own, and none in that order: the worst there is.
    const shuffled = old.map((_, at) => old[(at * 4001) % old.length] ?? '');
    for (const after of [other, shuffled, old.toReversed(), [...old.slice(0, 5000), 'One more.', ...old.slice(5000)]]) {
      const began = performance.now();
      const found = compareBlocks(old, after);
      expect(performance.now() - began).toBeLessThan(3000);
      expect(told(found)).toEqual({ before: old, after });
    }
  });
});

describe('words', () => {
  const marked = (before: string, after: string) =>
    compareWords(before, after)?.map(({ is, text }) => (is === 'same' ? text : `${is === 'removed' ? '-' : '+'}[${text}]`)).join('');

  it('that changed are marked, and no others', () => {
    expect(marked('Do not start below 30.', 'Do not start below 45, or in sepsis.')).toBe(
      'Do not start below -[30]+[45, or in sepsis].',
    );
    expect(marked('Give it twice a day.', 'Give it twice a day.')).toBe('Give it twice a day.');
  });

  it('of numbers are whole: no dose is shown half changed', () => {
    expect(marked('Give 0.5 mg of it daily.', 'Give 5 mg of it daily.')).toBe('Give -[0.5]+[5] mg of it daily.');
    expect(marked('Give 1,000 mg of it daily.', 'Give 1,500 mg of it daily.')).toBe('Give -[1,000]+[1,500] mg of it daily.');
  });

  it('are whole in every script', () => {
    const texts = ['naïve e\u0301te\u0301 ≥ 30 µg', 'приём после еды', '每日两次', 'दवा लें', '👩‍⚕️ 👍🏽 🇩🇰'];
    for (const text of texts) expect(wordsOf(text).join('')).toBe(text);
    expect(wordsOf('e\u0301te\u0301')).toEqual(['e\u0301te\u0301']);
    expect(wordsOf('👩‍⚕️👍🏽🇩🇰🇬🇧')).toEqual(['👩‍⚕️', '👍🏽', '🇩🇰', '🇬🇧']);
    expect(wordsOf('दवा लें')).toEqual(['दवा', ' ', 'लें']);
    expect(marked('приём после еды утром', 'приём перед едой утром')).toBe('приём -[после еды]+[перед едой] утром');
    expect(marked('每日两次，饭后服用', '每日三次，饭后服用')).toBe('每日-[两]+[三]次，饭后服用');
    expect(marked('Take 💊 at noon today', 'Take 💉 at noon today')).toBe('Take -[💊]+[💉] at noon today');
  });

  it('of other sentences are not marked one by one', () => {
    expect(compareWords('Stop it in sepsis.', 'A wholly different remark about renal function')).toBeNull();
    expect(compareWords('', 'Anything')).toBeNull();
  });

  it('of too long a text are not compared', () => {
    const long = 'word '.repeat(MAX_WORDS / 2);
    expect(compareWords(long, `${long}more`)).toBeNull();
  });
});
