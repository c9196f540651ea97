// What narrows is counted, sent and said; what does not is not.
import { describe, expect, it } from 'vitest';
import type { Filters } from '../api/types';
import { literature } from '../strings';
import { asOfWords, countOf, inWords, narrowing } from './filters';
import { readYears } from './years';

const unset: Required<Filters> = {
  corpora: [],
  kinds: [],
  issuers: [],
  jurisdictions: [],
  statuses: [],
  populations: [],
  from_year: null,
  to_year: null,
  full_text_only: false,
};

describe('filters', () => {
  it('that narrow nothing are not sent, counted or said', () => {
    expect(narrowing(unset)).toBeNull();
    expect(narrowing({})).toBeNull();
    expect(countOf(unset)).toBe(0);
    expect(inWords(unset)).toEqual([]);
  });

  it('are sent without those that are not set, and each value counts', () => {
    const filters = { ...unset, kinds: ['trial', 'review'], from_year: 2018, full_text_only: true } as Filters;
    expect(narrowing(filters)).toEqual({ kinds: ['trial', 'review'], from_year: 2018, full_text_only: true });
    expect(countOf(filters)).toBe(4);
  });

  it('are each said in words', () => {
    const filters: Filters = {
      kinds: ['drug_label'],
      corpora: ['starter', 'gone'],
      issuers: ['Diabetes Board'],
      jurisdictions: ['NG'],
      statuses: ['expression_of_concern'],
      populations: ['older_adults'],
      from_year: 2015,
      to_year: 2020,
      full_text_only: true,
    };
    expect(inWords(filters, (id) => (id === 'starter' ? 'Starter corpus' : id))).toEqual([
      'corpora: Starter corpus, gone',
      `kinds: ${literature.kinds.drug_label}`,
      'published in 2015 or later',
      'published in 2020 or before',
      'whole texts',
      'populations: Older adults',
      `standing: ${literature.statuses.expression_of_concern}`,
      'issued by: Diabetes Board',
      'places: NG',
    ]);
  });

  it('of a record that have no words here are said as they are written', () => {
    expect(inWords({ toString: 'x', kinds: ['constructor', 'sermon'], depth: { least: 3 } })).toEqual([
      'kinds: constructor, sermon',
      'toString: x',
      'depth: {"least":3}',
    ]);
    expect(inWords(null)).toEqual([]);
    expect(inWords('all')).toEqual([]);
  });
});

describe('an older state of the library', () => {
  it('is named by its day where it is known', () => {
    expect(asOfWords({ number: 3, publishedAt: '2026-03-03T23:10:00Z' })).toBe('3 Mar 2026 (snapshot 3)');
    expect(asOfWords({ number: 3, publishedAt: null })).toBe('snapshot 3');
  });
});

describe('years', () => {
  it.for([
    ['', '', null, null, []],
    ['2015', '', 2015, null, []],
    ['2015', ' 2015 ', 2015, 2015, []],
    ['201', '2020', null, 2020, ['from']],
    ['2015', '20x0', 2015, null, ['to']],
    ['0300', '9999', null, null, ['from', 'to']],
    ['2020', '2015', null, null, ['to']],
  ] as const)('from “%s” up to “%s”', ([from, to, from_year, to_year, wrong]) => {
    const read = readYears({ from, to });
    expect(read).toMatchObject({ from_year, to_year });
    expect(Object.keys(read.errors)).toEqual(wrong);
  });
});
