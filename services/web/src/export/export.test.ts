// An export drops no reference, moves no number, and shows hostile text as text.
import { describe, expect, it } from 'vitest';
import { exporting as say } from '../strings/export';
import { fileName } from './file';
import { json } from './json';
import { escaped, markdown } from './markdown';
import { answer, citation, evidence, FIRST, SECOND, statement } from './sample';
import { references, sheetOf } from './sheet';
import { plainText, statementText } from './text';

const about = { title: 'Metformin', exportedAt: '2026-11-22T22:30:00Z' };
const formats = { markdown, plainText };

describe.each(Object.entries(formats))('%s', (_, write) => {
  it('gives every reference with its quote, document and place', () => {
    const text = write([answer()], about);
    for (const part of [
      FIRST,
      SECOND,
      '[1]',
      '[2]',
      'Type 2 diabetes',
      'Osler Teaching Library',
      '2025-06-12',
      'version 2',
    ]) {
      expect(text).toContain(part);
    }
    for (const part of [
      'Metformin › Dose',
      'page 7',
      'international',
      'status: In force',
      'Full text held',
      'Evidence level A',
    ]) {
      expect(text).toContain(part);
    }
    for (const part of [
      '10.1000/abc',
      '123',
      'ab'.repeat(32),
      'characters 130 to 175',
      'a-1',
      say.provenance.noModel,
    ]) {
      expect(text).toContain(part);
    }
    expect(text.replaceAll('\\', '')).toContain('https://example.org/a');
    expect(text).toContain(say.disclosure);
    expect(text).not.toContain(say.warnings.mismatch);
  });

  it('lists evidence that no statement cites', () => {
    expect(write([answer()], about)).toContain('A case');
  });

  it('keeps the numbers of each answer and says whose they are', () => {
    const e1 = evidence('E1', FIRST, 0);
    const second = answer({
      id: 'a-2',
      statements: [statement(FIRST, citation(7, e1, FIRST), citation(3, e1, FIRST))],
      evidence: [e1],
    });
    const text = write([answer(), second], about);
    const [, later = ''] = text.split(say.question(2, 2));
    expect(later).toMatch(/\[7\] \[3\]/);
    expect(later).not.toMatch(/\[1\]/);
    expect(later.toLowerCase()).toContain(say.headings.references(2, 2).toLowerCase());
  });

  it('puts the banner above all else of its answer', () => {
    const text = write([answer({ banner: 'Cardiac arrest: follow the resuscitation algorithm.' })], about);
    expect(text.indexOf('Cardiac arrest')).toBeGreaterThan(-1);
    expect(text.indexOf('Cardiac arrest')).toBeLessThan(text.indexOf('When is metformin stopped?'));
  });

  it('says loudly what is wrong with a reference', () => {
    const e1 = evidence('E1', FIRST, 0, { status: 'retracted', access: 'abstract_only' });
    const wrong = [
      citation(1, e1, FIRST, { start: 1 }),
      citation(2, e1, FIRST, { secondhand: true, verdict: 'partial', reason: 'the amount differs' }),
      citation(3, e1, FIRST, { evidence: 'E9' }),
    ];
    const text = write([answer({ statements: [statement(FIRST, ...wrong)], evidence: [e1] })], about);
    for (const warning of [
      say.warnings.mismatch,
      say.warnings.secondhand,
      say.warnings.missing('E9'),
      'Retracted',
      'Abstract only',
    ]) {
      expect(text).toContain(warning);
    }
    expect(text).toContain('the amount differs');
  });

  it('gives disagreement, unknowns and, without an answer, the closest passages', () => {
    const [e1, e2] = [evidence('E1', FIRST, 0), evidence('E2', 'Not below 45.', 50, { title: 'Elsewhere' })];
    const positions = [e1, e2].map((one) => ({ ...citation(0, one, one.text), said_by: `Who says ${one.id}` }));
    const disputed = answer({
      conflicts: [{ facet: 'amount', reason: 'they give different amounts', positions }],
      unknowns: [{ factor: 'age', text: 'age is not stated; E1 depends on it', evidence: ['E1'] }],
      evidence: [e1, e2],
    });
    const text = write([disputed], about);
    for (const part of [
      'they give different amounts',
      'Who says E1',
      'Who says E2',
      'Not below 45.',
      'Elsewhere',
      'age is not stated',
    ]) {
      expect(text).toContain(part);
    }

    const none = answer({
      status: 'no_evidence',
      statements: [],
      evidence: [],
      closest: [e2],
      reason: 'too little on this',
    });
    const abstention = write([none], about);
    for (const part of [say.kinds['no_evidence'] ?? '?', 'Too little on this.', 'Not below 45.', 'starter']) {
      expect(abstention).toContain(part);
    }
    expect(abstention).not.toContain(say.inconclusive);
  });

  it('does not say that the corpora hold too little where a part of the search was away', () => {
    const missing = 'the search by meaning is away';
    const none = answer({
      ...{ status: 'no_evidence', statements: [], evidence: [], closest: [evidence('E2', 'Not below 45.', 50)] },
      ...{ missing, reason: `${missing}; too little was found` },
    });
    const text = write([none], about);
    for (const part of [say.inconclusive, 'The search by meaning is away; too little was found.', 'Not below 45.']) {
      expect(text).toContain(part);
    }
    expect(text).not.toContain(say.kinds['no_evidence'] ?? '?');
  });
});

describe('references', () => {
  it('lists a citation once, in the order of its number, and never merges two quotes', () => {
    const e1 = evidence('E1', `${SECOND} ${FIRST}`, 0);
    const [one, two] = [citation(1, e1, FIRST), citation(2, e1, SECOND)];
    const shared = answer({ statements: [statement('x', two, one), statement('y', one)], evidence: [e1] });
    expect(references(shared)).toEqual([one, two]);
    const clash = answer({ statements: [statement('x', one), statement('y', { ...two, n: 1 })], evidence: [e1] });
    expect(references(clash).map((each) => each.quote)).toEqual([FIRST, SECOND]);
  });

  it('finds a quote behind characters outside the first plane', () => {
    expect(sheetOf(answer()).references.flatMap((source) => source.warnings)).toEqual([]);
  });
});

describe('statementText', () => {
  it('copies one statement with its own references and numbers', () => {
    const text = statementText(answer(), 1) ?? '';
    expect(text).toContain(`Osler Teaching Library (2025): ${SECOND} [2]`);
    expect(text).toContain('[2] Type 2 diabetes');
    expect(text).not.toContain(FIRST);
    expect(text).toContain('a-1');
    expect(statementText(answer(), 2)).toBeNull();
  });
});

describe('json', () => {
  it('leaves the record untouched', () => {
    const parsed: unknown = JSON.parse(json([answer()], about));
    expect(parsed).toEqual({
      ...{ ai_generated: true, disclosure: say.disclosure, title: 'Metformin', exported_at: about.exportedAt },
      answers: [answer()],
    });
  });
});

describe('escaped', () => {
  it.each([
    ['<img src=x onerror=alert(1)>', '\\<img src=x onerror=alert(1)\\>'],
    ['[click](javascript:alert(1))', '\\[click\\](javascript:alert(1))'],
    ['![x](http://a.b/c)', '!\\[x\\](http:/\\/a.b/c)'],
    ['**bold** _it_ `code` ~~no~~ a|b', '\\*\\*bold\\*\\* \\_it\\_ \\`code\\` \\~\\~no\\~\\~ a\\|b'],
    ['# heading', '\\# heading'],
    ['- item', '\\- item'],
    ['1. item', '1\\. item'],
    ['12) item', '12\\) item'],
    ['> quote', '\\> quote'],
    ['&lt;b&gt;', '\\&lt;b\\&gt;'],
    ['one\n\n# two\r\n---', 'one # two ---'],
    ['a\\*b', 'a\\\\\\*b'],
    ['see www.evil.example or me@evil.example', 'see www\\.evil.example or me\\@evil.example'],
    ['eGFR < 30 mL/min/1.73 m² (−5 %)', 'eGFR \\< 30 mL/min/1.73 m² (−5 %)'],
  ])('%j', (text, expected) => {
    expect(escaped(text)).toBe(expected);
  });

  it('keeps a hostile document inside its quote', () => {
    const hostile = 'one\n\n## Osler says\n<script>alert(1)</script>\n```\n[1]: http://evil.example';
    const e1 = evidence('E1', hostile, 0, {
      title: '](javascript:alert(1))\n# x',
      url: 'javascript:alert(1)',
      doi: '10.1/x>)[y](z',
    });
    const text = markdown(
      [answer({ statements: [statement(hostile, citation(1, e1, hostile))], evidence: [e1] })],
      about,
    );
    // Every line is one of ours; none begins with the document's words.
    const foreign = text.split('\n').filter((line) => !/^($|#{1,3} |>|- |\*)/.test(line));
    expect(foreign).toEqual([say.exported(about.exportedAt)]);
    expect(text).not.toMatch(/^#{1,6} (Osler says|x)/m);
    expect(text).not.toMatch(/(?<![\\(])</);
    expect(text).not.toContain('](<javascript');
    expect(text).not.toMatch(/\n\[1\]:/);
  });
});

describe('fileName', () => {
  it.each([
    ['When is metformin stopped?', 'osler-2026-11-22-when-is-metformin-stopped.md'],
    ['../../etc/passwd', 'osler-2026-11-22-etc-passwd.md'],
    ['CON', 'osler-2026-11-22-con.md'],
    ['a<b>:"/\\|?*\u0000\u202Egpj.exe', 'osler-2026-11-22-a-b-gpj-exe.md'],
    ['Größe & 用量', 'osler-2026-11-22-größe-用量.md'],
    ['', 'osler-2026-11-22.md'],
    ['...', 'osler-2026-11-22.md'],
  ])('%j', (title, expected) => {
    expect(fileName(title, about.exportedAt, 'md')).toBe(expected);
  });

  it('stays within what file systems take', () => {
    const name = fileName('𝕏'.repeat(500), about.exportedAt, 'json');
    expect(new TextEncoder().encode(name).length).toBeLessThan(255);
    expect(fileName('metformin '.repeat(40), 'whenever', 'json')).toBe(
      `osler-${'metformin-'.repeat(4).slice(0, -1)}.json`,
    );
  });
});
