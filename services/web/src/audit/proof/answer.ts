// What the log says of an answer, and where its quotes stand.
import { proof as say } from '../../strings/proof';
import { countPoints, slicePoints } from '../../text/points';
import { need } from './bad';
import { hex, utf8 } from './bytes';
import { sha256 } from './crypto';
import { canonical, type Json, type JsonObject, member } from './json';
import type { Answer, Quote, Source, Span } from './receipt';

const reasons = say.reasons;

/** By document and version, with one space between. Null where a text is withheld. */
export type Texts = Map<string, string | null>;

/** Evidence by the name that the answer gives it; the first of a name counts. */
function evidenceOf(answer: Answer, id: string): Source {
  const found = answer.evidence.find((one) => one.id === id);
  need(found !== undefined, reasons.noEvidence(id));
  return found;
}

/** The entry repeats the answer: ids, places, hashes and verdicts. */
export async function checkLogged(object: JsonObject, answer: Answer): Promise<void> {
  const statements: Json[] = [];
  for (const { verdict, citations } of answer.statements) {
    const cited: Json[] = [];
    for (const { evidence, quote, start, end, verdict: own } of citations) {
      const { passage } = evidenceOf(answer, evidence);
      cited.push({ passage, start, end, quote_sha256: hex(await sha256(utf8(quote))), verdict: own });
    }
    statements.push({ verdict, citations: cited });
  }
  const { status, mode, snapshot, prompt_sha256 } = answer;
  const said: JsonObject = { status, mode, snapshot, prompt_sha256, evidence: answer.evidence.map(found), statements };
  for (const [name, value] of Object.entries(said)) {
    const logged = member(object, name);
    need(logged !== undefined && canonical(logged) === canonical(value), reasons.logged(name));
  }
  const model = member(object, 'model');
  need(model !== undefined && (model === null) === (answer.model === null), reasons.logged('model'));
}

function found({ passage, document, scores }: Source): Json {
  const fused = typeof scores.fused === 'number' ? scores.fused : scores.fused.value;
  return {
    passage,
    document: document.id,
    version: document.version,
    sha256: document.sha256,
    lexical: scores.lexical?.rank ?? null,
    dense: scores.dense?.rank ?? null,
    score: rounded(fused * 1_000_000),
  };
}

/** To the nearest whole number, halves away from zero. */
function rounded(amount: number): number {
  const whole = Math.trunc(amount);
  return Math.abs(amount - whole) >= 0.5 ? whole + Math.sign(amount) : whole;
}

/** Every passage and every quote is exactly the words at its place in its text. */
export function checkQuotes(answer: Answer, texts: Texts): { quotes: number; withheld: number } {
  const citations: Quote[] = answer.statements.flatMap((statement) => statement.citations);
  const positions = answer.conflicts.flatMap((conflict) => conflict.positions);
  const quoted = [...citations, ...positions].map((one): [Span, Source, string] => [
    one,
    evidenceOf(answer, one.evidence),
    one.quote,
  ]);
  const passages = [...answer.evidence, ...answer.closest].map((one): [Span, Source, string] => [one, one, one.text]);
  let withheld = 0;
  for (const [{ start, end }, { document }, words] of [...quoted, ...passages]) {
    const text = texts.get(`${document.id} ${document.version}`);
    need(text !== undefined, reasons.noText(document.id));
    if (text === null) withheld += 1;
    else need(start < end && isAt(text, start, end, words), reasons.misplaced(document.id, start, end));
  }
  return { quotes: quoted.length + passages.length - withheld, withheld };
}

const isAt = (text: string, start: number, end: number, words: string): boolean =>
  countPoints(words) === end - start && slicePoints(text, start, end) === words;
