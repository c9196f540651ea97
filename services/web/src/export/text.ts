// Answers as plain text for the clipboard; the numbers and the references go with every copy.
import type { Answer } from '../api/types';
import { exporting as say } from '../strings/export';
import type { About } from './markdown';
import { sheetOf, type Said, type Sheet, type Source } from './sheet';

export function plainText(answers: readonly Answer[], about: About): string {
  const parts = [
    flat(about.title) || say.untitled,
    say.disclosure,
    say.exported(about.exportedAt),
    ...answers.flatMap((answer, index) => section(sheetOf(answer), index + 1, answers.length)),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** One statement (counted from 0) with the references it cites and nothing else; null where there is no such statement. */
export function statementText(answer: Answer, index: number): string | null {
  const statement = answer.statements[index];
  if (statement === undefined) return null;
  const { banner, statements, references } = sheetOf({ ...answer, statements: [statement] });
  const origin = `${say.provenance.answer} ${answer.id} · ${say.provenance.snapshot} ${answer.snapshot}`;
  const parts = [
    ...(banner === null ? [] : [banner]),
    ...statements.map(line),
    ...references.map(source),
    origin,
    say.disclosure,
  ];
  return `${parts.join('\n\n')}\n`;
}

function section(sheet: Sheet, k: number, of: number): string[] {
  const { headings } = say;
  const list = (heading: string, items: string[]) => (items.length > 0 ? [heading.toUpperCase(), ...items] : []);
  return [
    // Above everything else, as the server asks.
    ...(sheet.banner === null ? [] : [sheet.banner]),
    `${say.question(k, of)}: ${flat(sheet.question)}`,
    sheet.reason === null ? sheet.kind : `${sheet.kind} ${sheet.reason}`,
    ...list(headings.statements, sheet.statements.map(line)),
    ...list(headings.references(k, of), sheet.references.map(source)),
    ...list(
      headings.conflicts,
      sheet.conflicts.flatMap(({ reason, positions }) => [
        reason,
        ...positions.map((position) => `${position.saidBy}\n${source(position.source)}`),
      ]),
    ),
    ...list(headings.unknowns, sheet.unknowns),
    ...list(headings.closest, sheet.closest.map(source)),
    ...list(headings.uncited, sheet.uncited.map(source)),
    ...list(headings.provenance, [sheet.provenance.map(({ label, value }) => `${label}: ${value}`).join('\n')]),
  ];
}

function line({ saidBy, text, numbers, verdict }: Said): string {
  return `${flat(saidBy)}: ${flat(text)} ${numbers.map((n) => `[${n}]`).join(' ')} (${verdict})`;
}

function source({ label, title, quote, lines, links, warnings }: Source): string {
  const facts = [
    ...warnings.map((warning) => `! ${warning}`),
    `“${quote}”`,
    ...lines,
    ...links.map((link) => `${link.label}: ${link.text}`),
  ];
  return [`${label} ${flat(title)}`, ...facts.map((fact) => `    ${fact.replaceAll('\n', '\n    ')}`)].join('\n');
}

/** On one line, so that no text of a source can pass for a heading or a reference of ours. */
function flat(text: string): string {
  return text.replaceAll(/\s*[\r\n\u2028\u2029]+\s*/g, ' ').trim();
}
