// A receipt, and the answer that it opens: their members, as far as they are checked.
import { amount, exactly, hash, having, like, listOf, orNull, text, whole } from './shape';

interface Opened {
  salt: string;
  words: string;
}

export interface Logged {
  entry: string;
  proof: string;
  opened?: Record<string, Opened>;
}

export interface Version {
  document: string;
  version: number;
  sha256: string;
}

export interface Receipt {
  format: string;
  keys: string[];
  asked: Logged;
  given: Logged;
  published: Logged | null;
  snapshot: { number: number; size: number; versions: (Version & { index: number; path: string[] })[] };
  documents: (Version & { text: string | null; withheld: string | null })[];
}

const opened = exactly({ salt: hash, words: text });
const logged = { entry: text, proof: text };
const version = { document: text, version: whole, sha256: hash };

export const RECEIPT = exactly({
  format: like(/^osler-receipt\/1$/),
  keys: listOf(text),
  asked: exactly({ ...logged, opened: exactly({ request: opened }) }),
  given: exactly({ ...logged, opened: exactly({ answer: opened }) }),
  published: orNull(exactly(logged)),
  snapshot: exactly({
    number: whole,
    size: whole,
    versions: listOf(exactly({ ...version, index: whole, path: listOf(hash) })),
  }),
  documents: listOf(exactly({ ...version, text: orNull(text), withheld: orNull(text) })),
});

/** What somebody asked, as it is kept. */
export interface Request {
  question: string;
  history?: unknown;
  filters?: unknown;
  as_of?: unknown;
  has_patient?: unknown;
}

export const REQUEST = having({ question: text });

export interface Span {
  start: number;
  end: number;
}

export interface Quote extends Span {
  evidence: string;
  quote: string;
}

interface Arm {
  rank: number;
}

export interface Source extends Span {
  id: string;
  passage: string;
  text: string;
  document: { id: string; version: number; corpus: string; status: string; sha256: string };
  scores: { lexical: Arm | null; dense: Arm | null; fused: number | { value: number } };
}

export interface Answer {
  id: string;
  question: string;
  status: string;
  mode: string;
  snapshot: number;
  prompt_sha256: string | null;
  model: object | null;
  evidence: Source[];
  closest: Source[];
  conflicts: { positions: Quote[] }[];
  statements: { verdict: string; citations: (Quote & { verdict: string })[] }[];
}

const arm = orNull(having({ rank: whole }));
const span = { start: whole, end: whole };
const quote = { ...span, evidence: text, quote: text };
const source = having({
  ...span,
  id: text,
  passage: text,
  text,
  document: having({ id: text, version: whole, corpus: text, status: text, sha256: hash }),
  scores: having({ lexical: arm, dense: arm, fused: amount }),
});

export const ANSWER = having({
  id: text,
  question: text,
  status: text,
  mode: text,
  snapshot: whole,
  prompt_sha256: orNull(text),
  model: orNull(having({})),
  evidence: listOf(source),
  closest: listOf(source),
  conflicts: listOf(having({ positions: listOf(having(quote)) })),
  statements: listOf(having({ verdict: text, citations: listOf(having({ ...quote, verdict: text })) })),
});
