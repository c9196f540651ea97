// What every export of an answer holds, worded once; Markdown, plain text and print only set it in their own way.
import { isInconclusive } from '../answer/inconclusive';
import type { Answer, Citation, Evidence } from '../api/types';
import { sentence } from '../parts/ProblemNotice';
import { exporting as say } from '../strings/export';
import { literature } from '../strings/literature';
import { documentLinks, type NamedLink } from '../text/links';
import { slicePoints } from '../text/points';

export interface Source {
  /** `[1]` for a reference, `E2` for evidence without a number. */
  label: string;
  title: string;
  quote: string;
  lines: string[];
  links: NamedLink[];
  warnings: string[];
}

export interface Said {
  text: string;
  saidBy: string;
  numbers: number[];
  verdict: string;
}

export interface Sheet {
  question: string;
  banner: string | null;
  kind: string;
  reason: string | null;
  statements: Said[];
  references: Source[];
  conflicts: { reason: string; positions: { saidBy: string; source: Source }[] }[];
  unknowns: string[];
  closest: Source[];
  uncited: Source[];
  provenance: { label: string; value: string }[];
}

export function sheetOf(answer: Answer): Sheet {
  const evidence = new Map(answer.evidence.map((one) => [one.id, one]));
  const reason = answer.reason ?? answer.missing;
  const cited = new Set(answer.statements.flatMap((statement) => statement.citations.map((one) => one.evidence)));
  return {
    question: answer.question,
    banner: answer.banner ?? null,
    kind: isInconclusive(answer) ? say.inconclusive : named(say.kinds, answer.status),
    reason: reason ? sentence(reason) : null,
    statements: answer.statements.map((statement) => ({
      text: statement.text,
      saidBy: statement.said_by,
      numbers: statement.citations.map((citation) => citation.n),
      verdict: worded(statement.verdict, statement.reason ?? null),
    })),
    references: references(answer).map((citation) => reference(citation, evidence.get(citation.evidence))),
    conflicts: answer.conflicts.map(({ reason, positions }) => ({
      reason,
      positions: positions.map((position) => ({
        saidBy: position.said_by,
        source: sourceOf(position.evidence, position, evidence.get(position.evidence)),
      })),
    })),
    unknowns: answer.unknowns.map((unknown) => unknown.text),
    closest: answer.closest.map(whole),
    uncited: answer.evidence.filter((one) => !cited.has(one.id)).map(whole),
    provenance: provenance(answer),
  };
}

/** Each citation once, by the number the answer gave it. One number on two different quotes would be two entries. */
export function references(answer: Answer): Citation[] {
  const seen = new Map<string, Citation>();
  for (const citation of answer.statements.flatMap((statement) => statement.citations)) {
    const key = JSON.stringify([citation.n, citation.evidence, citation.start, citation.end, citation.quote]);
    if (!seen.has(key)) seen.set(key, citation);
  }
  return [...seen.values()].sort((a, b) => a.n - b.n);
}

function reference(citation: Citation, evidence: Evidence | undefined): Source {
  const source = sourceOf(`[${citation.n}]`, citation, evidence);
  if (citation.secondhand) source.warnings.push(say.warnings.secondhand);
  if (citation.verdict !== 'supported') {
    source.warnings.push(say.warnings.verdict(verdictWord(citation.verdict), citation.reason ?? null));
  }
  return source;
}

interface Quoted {
  evidence: string;
  quote: string;
  start: number;
  end: number;
}

function sourceOf(label: string, at: Quoted, evidence: Evidence | undefined): Source {
  const place = say.source.place(at.start, at.end);
  if (evidence === undefined) {
    return {
      label,
      title: '',
      quote: at.quote,
      lines: [place],
      links: [],
      warnings: [say.warnings.missing(at.evidence)],
    };
  }
  const { document } = evidence;
  const standing = named(literature.statuses, document.status);
  const warnings: string[] = [];
  if (!stands(at, evidence)) warnings.push(say.warnings.mismatch);
  if (document.status !== 'current') warnings.push(say.warnings.standing(standing));
  return {
    label,
    title: document.title,
    quote: at.quote,
    lines: [
      joined(
        document.issuer,
        say.source.published(document.published ?? null),
        say.source.version(document.version),
        evidence.section.length > 0 && say.source.section(evidence.section.join(' › ')),
        evidence.page != null && say.source.page(evidence.page),
      ),
      joined(
        named(literature.kinds, document.kind),
        say.source.jurisdiction(document.jurisdiction),
        say.source.status(standing),
        named(literature.access, document.access),
      ),
      say.source.grade(document.grade ?? null),
      joined(place, say.source.evidence(evidence.id), say.source.passage(evidence.passage)),
      joined(say.source.document(document.id), say.source.sha256(document.sha256)),
    ],
    links: documentLinks(document),
    warnings,
  };
}

/** A passage that no statement cites: quoted whole. */
function whole(evidence: Evidence): Source {
  return sourceOf(
    evidence.id,
    { evidence: evidence.id, quote: evidence.text, start: evidence.start, end: evidence.end },
    evidence,
  );
}

/** Whether the quote is what its offsets name; offsets count code points from the start of the document. */
function stands({ quote, start, end }: Quoted, evidence: Evidence): boolean {
  const within = start >= evidence.start && end <= evidence.end;
  return within && slicePoints(evidence.text, start - evidence.start, end - evidence.start) === quote;
}

function provenance(answer: Answer): Sheet['provenance'] {
  const { model } = answer;
  const written = model
    ? say.provenance.modelLine(model.id, model.revision ?? null, model.sha256 ?? null)
    : say.provenance.noModel;
  const rows: Sheet['provenance'] = [
    { label: say.provenance.answer, value: answer.id },
    { label: say.provenance.asked, value: answer.asked_at },
    { label: say.provenance.snapshot, value: String(answer.snapshot) },
    { label: say.provenance.searched, value: answer.searched.join(', ') },
    { label: say.provenance.mode, value: named(say.modes, answer.mode) },
    { label: say.provenance.model, value: written },
  ];
  if (answer.prompt_sha256) rows.push({ label: say.provenance.prompt, value: answer.prompt_sha256 });
  return rows;
}

function worded(verdict: string, reason: string | null): string {
  return reason === null ? verdictWord(verdict) : `${verdictWord(verdict)}: ${reason}`;
}

function verdictWord(verdict: string): string {
  const words: Readonly<Record<string, { word: string }>> = literature.verdicts;
  return words[verdict]?.word ?? verdict;
}

/** A newer server may send a name that this page does not know: then the name itself. */
function named(words: Readonly<Record<string, string>>, name: string): string {
  return words[name] ?? name;
}

function joined(...parts: (string | false)[]): string {
  return parts.filter((part) => part !== false && part !== '').join(' · ');
}
