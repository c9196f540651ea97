// Where passages begin and end in a text, block by block.
import { describe, expect, it } from 'vitest';
import type { Block } from '../../api/types';
import { countPoints } from '../../text/points';
import type { LibraryPassage } from '../types';
import { cutText } from './cut';

const text = 'Metformin 💊\n\nDo not start it. Stop it 💊 in sepsis. Ask.\n\nA book, 2020.';
const spanOf = (words: string) => {
  const start = countPoints(text.slice(0, text.indexOf(words)));
  return { start, end: start + countPoints(words) };
};
const blocks: [Block, Block, Block] = [
  { kind: 'heading', ...spanOf('Metformin 💊'), section: [] },
  { kind: 'paragraph', ...spanOf('Do not start it. Stop it 💊 in sepsis. Ask.'), section: ['Metformin'], page: 3 },
  { kind: 'reference', ...spanOf('A book, 2020.'), section: [] },
];
const document = { text, blocks };
const passage = (start: number, end: number): LibraryPassage => ({
  id: `p-${start}`, start, end, section: [], page: null, is_in_force: true,
});
const first = passage(0, spanOf('Do not start it.').end);
const second = passage(spanOf('Stop it 💊').start, spanOf('in sepsis.').end);

const told = (passages: LibraryPassage[]) =>
  cutText(document, passages).map(({ kind, isCovered, runs }) => [
    kind,
    isCovered,
    runs.map((run) => (run.is === 'text' ? run.text : run.is === 'begin' ? `<${run.n}>` : `</${run.n}>`)).join(''),
  ]);

describe('a text', () => {
  it('shows the bounds of its passages in code points, across blocks and within them', () => {
    expect(told([second, first])).toEqual([
      ['heading', true, '<1>Metformin 💊'],
      ['paragraph', true, 'Do not start it. <2>Stop it 💊 in sepsis.</2> Ask.'],
      ['reference', false, 'A book, 2020.'],
    ]);
  });

  it('is whole without passages, and with such as lie beyond it', () => {
    const whole = ['Metformin 💊', 'Do not start it. Stop it 💊 in sepsis. Ask.', 'A book, 2020.'];
    expect(told([]).map(([, , words]) => words)).toEqual(whole);
    const beyond = told([passage(4000, 5000)]).map(([, , words]) => String(words).replaceAll(/<[^>]*>/g, ''));
    expect(beyond).toEqual(whole);
    expect(cutText({ text: '', blocks: [] }, [first])).toEqual([]);
  });

  it('begins a passage that begins between two blocks with the later', () => {
    const between = passage(blocks[0].end + 1, blocks[1].end);
    expect(told([between])).toEqual([
      ['heading', false, 'Metformin 💊'],
      ['paragraph', true, '<1>Do not start it. Stop it 💊 in sepsis. Ask.</1>'],
      ['reference', false, 'A book, 2020.'],
    ]);
  });
});
