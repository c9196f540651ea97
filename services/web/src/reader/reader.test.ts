// Where a quote stands, what an answer expects there, and how the address keeps it.
import { describe, expect, it } from 'vitest';
import { answerWith, documentView, evidence, quote, quoteAt, text } from '../testing/sample';
import { countPoints, slicePoints } from '../text/points';
import { expectedOf, standsIn } from './expected';
import { layout, placeOf } from './layout';
import { documentSearch, type Opened, pick, readCite, readDocumentSearch, readOpened, writeCite, writeOpened } from './state';

const opened: Opened = {
  document: documentView.id,
  version: 2,
  ...quoteAt,
  cite: { answer: 'a1', part: { kind: 'citation', n: 1 } },
};

describe('the address', () => {
  const places: Opened[] = [
    opened,
    { ...opened, cite: { answer: 'now', part: { kind: 'evidence', id: 'E12' } } },
    { ...opened, cite: { answer: 'a1', part: { kind: 'differential' } } },
    { ...opened, cite: null },
    { ...opened, start: null, end: null, cite: null },
    { ...opened, document: '12345678901234567890123456789012', version: null },
  ];

  it('gives back what was written into it', () => {
    for (const place of places) {
      const search = Object.fromEntries(new URLSearchParams(writeOpened(place) as Record<string, string>));
      expect(readOpened(search)).toEqual(place);
      const page = Object.fromEntries(new URLSearchParams(documentSearch(place) as Record<string, string>));
      expect(readDocumentSearch(place.document, page)).toEqual(place);
    }
  });

  it('reads nothing from what it did not write', () => {
    expect(readOpened({})).toBeNull();
    expect(readOpened({ doc: '../../etc' })).toBeNull();
    expect(readOpened({ doc: 'd', s: '9', e: '3' })).toMatchObject({ start: null, end: null });
    expect(readOpened({ doc: 'd', v: '-1', s: '1e3', e: '2' })).toMatchObject({ version: null, start: null });
    for (const bad of ['', 'a', 'a.', 'a.E', 'a.1x', '.1', 'a/b.1', 'a.99999']) expect(readCite(bad)).toBeNull();
    expect(pick(['doc'], { doc: 3, other: 'x' })).toEqual({});
  });

  it('keeps the number of a citation as the answer gave it', () => {
    expect(readCite(writeCite({ answer: 'a1', part: { kind: 'citation', n: 17 } }))?.part).toEqual({ kind: 'citation', n: 17 });
  });
});

describe('what an answer expects', () => {
  const answer = answerWith();
  const cite = opened.cite ?? { answer: '', part: { kind: 'differential' as const } };

  it('is the quote of the number', () => {
    expect(expectedOf(opened, cite, answer)).toMatchObject({ kind: 'words', words: quote });
  });

  it('is nothing like another document, version, place or number', () => {
    const others: Opened[] = [
      { ...opened, document: 'f'.repeat(32) },
      { ...opened, version: 1 },
      { ...opened, start: quoteAt.start + 1 },
      { ...opened, end: quoteAt.end - 1 },
    ];
    for (const other of others) expect(expectedOf(other, cite, answer)).toEqual({ kind: 'mismatch' });
    const second = { answer: 'a1', part: { kind: 'citation' as const, n: 2 } };
    expect(expectedOf(opened, second, answer)).toEqual({ kind: 'mismatch' });
    const gone = answerWith({ evidence: [] });
    expect(expectedOf(opened, cite, gone)).toEqual({ kind: 'mismatch' });
  });

  it('is a stretch of a passage, counted in code points', () => {
    const part = { answer: 'a1', part: { kind: 'evidence' as const, id: 'E1' } };
    const whole = { ...opened, start: evidence.start, end: evidence.end };
    expect(expectedOf(whole, part, answer)).toMatchObject({ kind: 'words', words: evidence.text });
    expect(expectedOf({ ...whole, start: 0 }, part, answer)).toEqual({ kind: 'mismatch' });
  });

  it('is the position of a source in a disagreement', () => {
    const position = { evidence: 'E1', said_by: 'x', quote, ...quoteAt };
    const disputed = answerWith({ conflicts: [{ facet: 'amount', reason: 'r', positions: [position] }] });
    const part = { answer: 'a1', part: { kind: 'evidence' as const, id: 'E1' } };
    expect(expectedOf(opened, part, disputed)).toMatchObject({ kind: 'words', words: quote });
  });

  it('is the line of a differential', () => {
    const line = { finding: 'f', quote, ...quoteAt, passage: 'p', section: [] };
    const condition = { condition: 'c', document: documentView, for: [], against: [line] };
    const differential = { id: 'a1', note: '', findings: [], snapshot: 1, conditions: [condition] };
    const part = { answer: 'a1', part: { kind: 'differential' as const } };
    expect(expectedOf(opened, part, answer, differential)).toMatchObject({ kind: 'words', words: quote });
    expect(expectedOf({ ...opened, end: quoteAt.end - 1 }, part, answer, differential)).toEqual({ kind: 'mismatch' });
    expect(expectedOf(opened, part, answer)).toEqual({ kind: 'mismatch' });
  });

  it('says of a quote whether its passage holds it', () => {
    expect(standsIn({ quote, ...quoteAt }, evidence)).toBe(true);
    expect(standsIn({ quote: 'Start at once.', ...quoteAt }, evidence)).toBe(false);
    expect(standsIn({ quote, start: quoteAt.start - 1, end: quoteAt.end - 1 }, evidence)).toBe(false);
  });
});

describe('a place in a text', () => {
  it('is found only where exactly the words stand', () => {
    expect(placeOf(text, quoteAt, quote)).toEqual({ kind: 'found', span: quoteAt });
    expect(placeOf(text, { start: quoteAt.start + 1, end: quoteAt.end + 1 }, quote)).toEqual({ kind: 'absent' });
    expect(placeOf(text, quoteAt, quote.toUpperCase())).toEqual({ kind: 'absent' });
    expect(placeOf(text, { start: 0, end: 9999 }, null)).toEqual({ kind: 'absent' });
    expect(placeOf(text, { start: 0, end: 9 }, null)).toMatchObject({ kind: 'unchecked' });
    expect(placeOf(text, null, quote)).toEqual({ kind: 'none' });
    expect(placeOf('e\u0301a', { start: 0, end: 1 }, 'é')).toEqual({ kind: 'absent' });
  });
});

describe('the layout', () => {
  it('marks the quote and nothing else', () => {
    const runs = layout(documentView, quoteAt).flatMap((piece) => piece.runs);
    expect(runs.filter((run) => run.isQuote).map((run) => run.text)).toEqual([quote]);
  });

  it('shows every word of the document once, whatever the blocks are', () => {
    const words = (value: string) => value.replaceAll(/\s+/g, '');
    const length = countPoints(text);
    const cuts = [[], documentView.blocks, documentView.blocks.slice(1, 2), documentView.blocks.toReversed()];
    for (const blocks of cuts) {
      for (let start = 0; start < length; start += 7) {
        const span = { start, end: Math.min(start + 20, length) };
        const runs = layout({ text, blocks }, span).flatMap((piece) => piece.runs);
        expect(words(runs.map((run) => run.text).join(''))).toBe(words(text));
        const marked = runs.filter((run) => run.isQuote).map((run) => run.text).join('');
        expect(words(marked)).toBe(words(slicePoints(text, span.start, span.end)));
      }
    }
  });

  it('shows text once where blocks overlap', () => {
    const blocks = [
      { kind: 'paragraph' as const, start: 0, end: 20, section: [] },
      { kind: 'paragraph' as const, start: 10, end: 30, section: [] },
    ];
    const shown = layout({ text, blocks }, null).flatMap((piece) => piece.runs.map((run) => run.text)).join('');
    expect(shown.replaceAll('\n', '')).toBe(text.replaceAll('\n', ''));
  });
});
