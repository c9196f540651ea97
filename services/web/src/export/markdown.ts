// Answers as Markdown with every reference; texts of sources are escaped so that they stay text.
import type { Answer } from '../api/types';
import { exporting as say } from '../strings/export';
import { sheetOf, type Sheet, type Source } from './sheet';

export interface About {
  title: string;
  /** When it was exported, in words or RFC 3339: given, so that the same answers make the same file. */
  exportedAt: string;
}

export function markdown(answers: readonly Answer[], about: About): string {
  const parts = [
    `# ${escaped(about.title || say.untitled)}`,
    `**${escaped(say.disclosure)}**`,
    escaped(say.exported(about.exportedAt)),
    ...answers.flatMap((answer, index) => section(sheetOf(answer), index + 1, answers.length)),
  ];
  return `${parts.join('\n\n')}\n`;
}

function section(sheet: Sheet, k: number, of: number): string[] {
  const { headings } = say;
  const parts = [`## ${say.question(k, of)}`];
  // Above everything else, as the server asks.
  if (sheet.banner !== null) parts.push(`> **${escaped(sheet.banner)}**`);
  parts.push(quoted(sheet.question), `*${escaped(sheet.kind)}*${sheet.reason ? ` ${escaped(sheet.reason)}` : ''}`);
  if (sheet.statements.length > 0) {
    const items = sheet.statements.map(({ saidBy, text, numbers, verdict }) => {
      const refs = numbers.map((n) => `[${n}]`).join(' ');
      return `- **${escaped(saidBy)}:** ${escaped(text)} ${refs} (${escaped(verdict)})`;
    });
    parts.push(`### ${headings.statements}`, items.join('\n'));
  }
  if (sheet.references.length > 0) {
    parts.push(`### ${headings.references(k, of)}`, ...sheet.references.flatMap(source));
  }
  if (sheet.conflicts.length > 0) {
    parts.push(`### ${headings.conflicts}`);
    for (const { reason, positions } of sheet.conflicts) {
      parts.push(escaped(reason));
      for (const position of positions) parts.push(`**${escaped(position.saidBy)}**`, ...source(position.source));
    }
  }
  if (sheet.unknowns.length > 0) {
    parts.push(`### ${headings.unknowns}`, sheet.unknowns.map((unknown) => `- ${escaped(unknown)}`).join('\n'));
  }
  if (sheet.closest.length > 0) parts.push(`### ${headings.closest}`, ...sheet.closest.flatMap(source));
  if (sheet.uncited.length > 0) parts.push(`### ${headings.uncited}`, ...sheet.uncited.flatMap(source));
  const rows = sheet.provenance.map(({ label, value }) => `- ${label}: ${escaped(value)}`);
  parts.push(`### ${headings.provenance}`, rows.join('\n'));
  return parts;
}

function source({ label, title, quote, lines, links, warnings }: Source): string[] {
  const facts = [
    ...warnings.map((warning) => `- **${escaped(warning)}**`),
    ...lines.map((line) => `- ${escaped(line)}`),
    ...links.map(
      ({ label: kind, text, href }) =>
        `- ${kind}: ${href === null ? escaped(text) : `[${escaped(text)}](<${bare(href)}>)`}`,
    ),
  ];
  return [`**${label}** ${escaped(title)}`, quoted(quote), facts.join('\n')];
}

/** A quote keeps its lines: a hard break ends each that another follows. */
function quoted(text: string): string {
  const lines = text.split(/\r\n|\r|\n/).map(escaped);
  return lines.map((line, index) => (line === '' ? '>' : `> ${line}${lines[index + 1] ? '\\' : ''}`)).join('\n');
}

/** Inside `<…>` an address must hold no angle bracket, backslash or line end; URLs from the parser only rarely do. */
function bare(href: string): string {
  return href.replaceAll(/[<>\\\s]/g, encodeURIComponent);
}

/**
 * One line of text that CommonMark and GitHub's dialect show as it stands: no emphasis, links, images, HTML, tables, code,
 * headings, lists, entities, mentions of addresses.
 */
export function escaped(text: string): string {
  return text
    .replaceAll(/\s*[\r\n\u2028\u2029]+\s*/g, ' ')
    .replaceAll(/[\\`*_[\]<>&~|$@]/g, '\\$&')
    .replaceAll('//', '/\\/')
    .replaceAll(/www\./gi, (www) => `${www.slice(0, 3)}\\.`)
    .replace(/^(\s*)([#+\-=])/, '$1\\$2')
    .replace(/^(\s*\d{1,9})([.)])/, '$1\\$2')
    .trim();
}
