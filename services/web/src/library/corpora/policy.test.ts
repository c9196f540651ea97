// How policies differ, when that is less than before, and what of a policy is refused before it is sent.
import { describe, expect, it } from 'vitest';
import { policies } from '../../strings/policies';
import { policyOf as sample } from '../sample';
import type { Policy } from '../types';
import { differencesOf, isNarrower } from './differences';
import { type Draft, draftOf, emptyDraft, faultsIn, policyOf } from './draft';
import { valueWords } from './words';

const say = policies.form.faults;
type Rights = Policy['rights'];

const told = (from: Policy | null, to: Policy) =>
  differencesOf(from, to).map(({ field, from: before, to: after, allows }) => [field, before, after, allows]);

describe('two policies', () => {
  it('differ field by field, in the order of the fields', () => {
    const from = sample({ evidence_level: 'A', rights: { quote_words: 60 } });
    const to: Policy = { ...sample({ title: 'Other', kind: 'trial', rights: { display: false, quote_words: 25 } }) };
    expect(told(from, to)).toEqual([
      ['title', 'starter library', 'Other', null],
      ['kind', 'guideline', 'trial', null],
      ['display', true, false, 'less'],
      ['quote_words', 60, 25, 'less'],
      ['evidence_level', 'A', null, null],
    ]);
    expect(differencesOf(from, from)).toEqual([]);
  });

  it('do not differ where one leaves out what the other calls null', () => {
    const { quote_words: left, ...rights } = sample({ rights: { quote_words: 5 } }).rights;
    expect(left).toBe(5);
    const without: Policy = { ...sample(), rights };
    expect(told(without, { ...without, evidence_level: null, rights: { ...rights, quote_words: null, expires: null } })).toEqual([]);
  });

  it('of which the first does not exist are told by what the new one says', () => {
    const to = sample({ rights: { expires: '2027' } });
    expect(told(null, to).map(([field]) => field)).toEqual([
      'title', 'issuer', 'kind', 'licence', 'index', 'display', 'export', 'expires', 'jurisdiction', 'language',
    ]);
    expect(told(null, to)[7]).toEqual(['expires', undefined, '2027', null]);
  });
});

describe('a change', () => {
  const cases: [string, Partial<Rights>, Partial<Rights>, boolean][] = [
    ['no longer indexes', {}, { index: false }, true],
    ['no longer displays and no longer exports', {}, { display: false, export: false }, true],
    ['displays again', { display: false }, {}, false],
    ['quotes fewer words', { quote_words: 60 }, { quote_words: 59 }, true],
    ['quotes more words', { quote_words: 60 }, { quote_words: 61 }, false],
    ['sets a limit', {}, { quote_words: 500 }, true],
    ['takes a limit away', { quote_words: 60 }, {}, false],
    ['takes a limit away that was wider than what holds without', { display: false, quote_words: 90 }, { display: false }, true],
    ['takes a limit away that was narrower than what holds without', { display: false, quote_words: 30 }, { display: false }, false],
    ['sets the limit that holds without', { display: false }, { display: false, quote_words: 60 }, true],
    ['no longer displays, and so quotes no longer all', {}, { display: false, quote_words: 60 }, true],
    ['sets a limit that is wider than what holds without', { display: false }, { display: false, quote_words: 90 }, false],
    ['lets the licence end', {}, { expires: '2027-03-01' }, true],
    ['lets it end earlier', { expires: '2027' }, { expires: '2027-12-30' }, true],
    ['lets it end with the last day of the year that it was', { expires: '2027' }, { expires: '2027-12-31' }, true],
    ['lets it end with the year and not with a month of it', { expires: '2027-11' }, { expires: '2027' }, false],
    ['lets it end later', { expires: '2027-03' }, { expires: '2027-04-01' }, false],
    ['lets it end no more', { expires: '2027-03' }, {}, false],
    ['allows less of one and more of another', { display: false }, { export: false }, false],
  ];
  it.each(cases)('that %s', (_, from, to, isLess) => {
    expect(isNarrower(differencesOf(sample({ rights: from }), sample({ rights: to })))).toBe(isLess);
  });

  it('of anything else besides is not only less; nothing at all is not either', () => {
    expect(isNarrower(differencesOf(sample(), sample({ title: 'X', rights: { export: false } })))).toBe(false);
    expect(isNarrower([])).toBe(false);
  });
});

describe('a value', () => {
  it('is told in words, with every character in sight', () => {
    expect(valueWords('export', false)).toBe('not allowed');
    expect(valueWords('quote_words', 1200)).toBe('1,200 words');
    expect(valueWords('quote_words', null)).toBe('no limit set');
    expect(valueWords('expires', '2027-03')).toBe('Mar 2027');
    expect(valueWords('kind', 'drug_label')).toBe('Drug label');
    expect(valueWords('title', 'WHO\u202e')).toBe('WHO[U+202E]');
  });
});

describe('a draft', () => {
  const good: Draft = { ...draftOf(sample({ rights: { quote_words: 60, expires: '2027-12' } })), reason: 'Their mail of May' };
  const faults = (change: Partial<Draft>) => faultsIn({ ...good, ...change }, ['taken']);

  it('of a policy becomes the same policy again', () => {
    for (const policy of [sample({ rights: { index: false, quote_words: 60, expires: '2027-12' } }), sample({ evidence_level: 'GRADE' })]) {
      expect(policyOf(draftOf(policy))).toEqual(policy);
    }
  });

  it('leaves out what is left empty, and the spaces around what is not', () => {
    const policy = policyOf({ ...good, title: '  A title ', quoteWords: ' ', expires: '' });
    expect(policy).toEqual({ ...sample(), title: 'A title' });
    expect(policy && 'evidence_level' in policy).toBe(false);
  });

  it('that is empty says what is missing, and is no policy', () => {
    expect(policyOf(emptyDraft)).toBeNull();
    expect(faultsIn(emptyDraft, [])).toEqual({
      id: say.id, title: say.empty, issuer: say.empty, kind: say.kind, licence: say.empty, jurisdiction: say.empty, language: say.empty,
      reason: say.reason,
    });
  });

  it('may be as it is', () => {
    expect(faults({})).toEqual({});
    for (const expires of ['', '2027', '2027-02', '2028-02-29']) expect(faults({ expires })).toEqual({});
    for (const language of ['en', 'pt-BR', 'zh-Hant-TW', 'de-1996', 'gsw']) expect(faults({ language })).toEqual({});
    for (const id of ['a', '0', `a${'-'.repeat(63)}`, 'nstg_2022']) expect(faults({ id })).toEqual({});
    expect(faults({ title: '😀'.repeat(200), evidence: '' })).toEqual({});
  });

  it.each<[keyof Draft, string, string]>([
    ['id', '-a', say.id],
    ['id', 'Big', say.id],
    ['id', 'a'.repeat(65), say.id],
    ['id', 'taken', say.idTaken],
    ['title', ' ', say.empty],
    ['issuer', 'x'.repeat(201), say.long(200)],
    ['evidence', 'x'.repeat(201), say.long(200)],
    ['quoteWords', '0', say.quoteWords],
    ['quoteWords', '1.5', say.quoteWords],
    ['quoteWords', '-3', say.quoteWords],
    ['expires', '2027-02-30', say.expires],
    ['expires', '2027-13', say.expires],
    ['expires', 'next year', say.expires],
    ['expires', '2027-1-1', say.expires],
    ['language', 'english language', say.language],
    ...['e', 'en_GB', 'en-', '-en', '12', 'en-toolongsubtag'].map((tag): [keyof Draft, string, string] => ['language', tag, say.language]),
    ['title', 'a\u0007b', say.control],
    ['licence', 'a\nb', say.control],
    ['reason', '\n', say.reason],
    ['reason', 'x'.repeat(2001), say.long(2000)],
  ])('is refused: %s %j', (field, text, said) => {
    expect(faults({ [field]: text })).toEqual({ [field]: said });
  });
});
