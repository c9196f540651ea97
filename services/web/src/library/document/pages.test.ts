// Pages of a PDF: which is open, what of the text stands on it, and the way from passage to passage.
import { describe, expect, it } from 'vitest';
import type { Block } from '../../api/types';
import type { LibraryPassage } from '../types';
import { cutText, inOrder } from './cut';
import { byPage, openedPage, passagesOn, waysFrom } from './pages';

const lines: [text: string, page: number | null][] = [
  ['Title', 1], ['One.', 1], ['Two goes on', 2], ['nowhere.', null], ['Three.', 4],
];
const text = lines.map(([line]) => line).join('\n');
const startOf = (line: string) => text.indexOf(line);
const blocks = lines.map(([line, page]): Block => {
  const start = startOf(line);
  return { kind: 'paragraph', start, end: start + line.length, section: [], page };
});
const passage = (id: string, from: string, to: string, page: number): LibraryPassage => ({
  id, start: startOf(from), end: startOf(to) + to.length, section: [], page, is_in_force: true,
});
/** Out of order, as nobody promises that they come in it. */
const passages = [passage('c', 'Three.', 'Three.', 4), passage('a', 'Title', 'One.', 1), passage('b', 'One.', 'nowhere.', 1)];
const pages = byPage(cutText({ text, blocks }, passages));
const wordsOn = (page: number) =>
  (pages.get(page) ?? []).map(({ runs }) => runs.map((run) => (run.is === 'text' ? run.text : '')).join(''));

describe('the page that is open', () => {
  it('is that of the address, else that of the passage, else the first', () => {
    expect(openedPage({ page: '3', passage: 'c' }, 4, passages)).toEqual({ page: 3, isMissing: false });
    expect(openedPage({ passage: 'c' }, 4, passages)).toEqual({ page: 4, isMissing: false });
    expect(openedPage({ passage: 'unknown' }, 4, passages)).toEqual({ page: 1, isMissing: false });
    expect(openedPage({}, 4, [])).toEqual({ page: 1, isMissing: false });
  });

  it.each([['0', 1], ['5', 4], ['-1', 1], ['2.5', 1], ['', 1], ['99999999', 1]])('is said not to be there: %j', (page, shown) => {
    expect(openedPage({ page }, 4, passages)).toEqual({ page: shown, isMissing: true });
  });
});

describe('the text of a page', () => {
  it('is its blocks; those without a page stand with what is before them', () => {
    expect([1, 2, 3, 4].map(wordsOn)).toEqual([['Title', 'One.'], ['Two goes on', 'nowhere.'], [], ['Three.']]);
  });

  it('knows the passages that it lies in, and which of them began before', () => {
    const on = (page: number) => passagesOn(pages.get(page) ?? []);
    expect(on(1)).toEqual({ all: [1, 2], goOn: [] });
    expect(on(2)).toEqual({ all: [2], goOn: [2] });
    expect(on(3)).toEqual({ all: [], goOn: [] });
    expect(on(4)).toEqual({ all: [3], goOn: [] });
  });

  it('says of each of its words which passages they are of, also where they overlap', () => {
    const within = (pages.get(1) ?? []).flatMap(({ runs }) => runs.flatMap((run) => (run.is === 'text' ? [[run.text, run.within]] : [])));
    expect(within).toEqual([['Title', [1]], ['One.', [1, 2]]]);
  });
});

describe('the way from passage to passage', () => {
  const ordered = inOrder(passages);
  const ways = (page: number, chosen: number | null) => {
    const { back, onward } = waysFrom(page, chosen, passagesOn(pages.get(page) ?? []), ordered);
    return [back?.id, onward?.id];
  };

  it('goes from the one that is chosen', () => {
    expect(ways(1, 1)).toEqual([undefined, 'b']);
    expect(ways(2, 2)).toEqual(['a', 'c']);
    expect(ways(4, 3)).toEqual(['b', undefined]);
  });

  it('goes from the page where none is', () => {
    expect(ways(1, null)).toEqual([undefined, 'a']);
    expect(ways(2, null)).toEqual(['b', 'c']);
    expect(ways(3, null)).toEqual(['b', 'c']);
    expect(ways(4, null)).toEqual(['b', 'c']);
    expect(ways(5, null)).toEqual(['c', undefined]);
  });
});
