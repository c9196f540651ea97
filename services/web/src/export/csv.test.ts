// Cells that no spreadsheet takes for a formula, and that every reader of CSV takes apart as they were put together.
import { describe, expect, it } from 'vitest';
import { csv } from './csv';

const cellOf = (text: string) => csv([[text]]).slice(1, -2);

describe('a cell', () => {
  it.each([
    ['=HYPERLINK("http://evil.example";"x")', `"'=HYPERLINK(""http://evil.example"";""x"")"`],
    ['+1+cmd|’/c calc’!A0', `'+1+cmd|’/c calc’!A0`],
    ['-2+3', `'-2+3`],
    ['@SUM(A1)', `'@SUM(A1)`],
    ['\t=1', `'\t'=1`],
    ['\rx', `"'\rx"`],
    ['\nx', `"'\nx"`],
    [' =1', `' =1`],
    ['＝1', `'＝1`],
  ])('that could be a formula is made text: %j', (text, written) => {
    expect(cellOf(text)).toBe(written);
  });

  it.each([
    ['dose;=1+1', `dose;'=1+1`],
    ['dose; @x', `dose; '@x`],
    ['one\n=1', `"one\n'=1"`],
    ['one\t-1', `one\t'-1`],
  ])('cannot begin another where the separator is another: %j', (text, written) => {
    expect(cellOf(text)).toBe(written);
  });

  it.each([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "so"', '"say ""so"""'],
    [' lead', '" lead"'],
    ['two\nlines', '"two\nlines"'],
    ['eGFR <30 = stop; then wait', 'eGFR <30 = stop; then wait'],
    ['5-10 mg', '5-10 mg'],
  ])('is quoted only where it must be: %j', (text, written) => {
    expect(cellOf(text)).toBe(written);
  });
});

it('rows end as RFC 4180 says, numbers are numbers, and what is not there is empty', () => {
  expect(csv([['a', 'b', 'c'], [-1, null, undefined]])).toBe('\ufeffa,b,c\r\n-1,,\r\n');
});
