// Receipts made for tests, signed by keys that are made for them: the writing side of the format, as far as tests need it.
import { type Bytes, base64, hex, join, utf8 } from './bytes';
import { sha256 } from './crypto';
import { canonical, type Json } from './json';
import { idOf, LOG } from './note';
import type { Receipt } from './receipt';

const ORIGIN = 'osler.log/test';

export interface Signer {
  /** `NAME+ID+KEY`. */
  key: string;
  sign: (text: string) => Promise<string>;
}

export async function newSigner(name: string = ORIGIN): Promise<Signer> {
  const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify']);
  const data = join(Uint8Array.of(LOG), new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)));
  const id = await idOf(name, data);
  const idBytes = Uint8Array.from(id.match(/../g) ?? [], (pairOf) => Number.parseInt(pairOf, 16));
  const sign = async (text: string) => {
    const signature = new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, utf8(text)));
    return `\u2014 ${name} ${base64(join(idBytes, signature))}\n`;
  };
  return { key: `${name}+${id}+${base64(data)}`, sign };
}

// The tree as RFC 6962 defines it, which is not how it is checked.
const leaf = (text: string) => sha256(Uint8Array.of(0), utf8(text));
const split = (n: number) => 2 ** Math.floor(Math.log2(n - 1));

async function rootOf(leaves: readonly string[]): Promise<Bytes> {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return leaf(leaves[0] ?? '');
  const at = split(leaves.length);
  return sha256(Uint8Array.of(1), await rootOf(leaves.slice(0, at)), await rootOf(leaves.slice(at)));
}

async function pathOf(index: number, leaves: readonly string[]): Promise<Bytes[]> {
  if (leaves.length < 2) return [];
  const at = split(leaves.length);
  const [left, right] = [leaves.slice(0, at), leaves.slice(at)];
  if (index < at) return [...(await pathOf(index, left)), await rootOf(right)];
  return [...(await pathOf(index - at, right)), await rootOf(left)];
}

const hashOf = async (text: string) => hex(await sha256(utf8(text)));

const TEXTS = [
  'Metformin \u{1f48a}\nDo not start below an eGFR of 30.\nStop it in sepsis.',
  'Renal function\nMetformin may be continued down to an eGFR of 20.',
  'Near, and not cited.',
];

/** What is sealed, before it is. */
export interface Words {
  request: { question: string; [name: string]: Json };
  answer: Draft;
  texts: string[];
}

/** An answer, loosely typed so that tests can spoil it. */
export type Draft = Record<string, unknown> & {
  evidence: Source[];
  closest: Source[];
  statements: { verdict: string; citations: Record<string, unknown>[] }[];
  conflicts: { positions: Record<string, unknown>[] }[];
};

type Source = Record<string, unknown> & { document: Record<string, unknown>; scores: Record<string, unknown> };

/** What is written into the log. */
export interface Written {
  published: Record<string, Json>;
  asked: Record<string, Json>;
  given: Record<string, Json> & { object: Record<string, Json> };
}

export interface Edits {
  words?: (words: Words) => void;
  /** The answer as JSON, before it is sealed. */
  spelled?: (answer: string) => string;
  written?: (written: Written) => void;
  receipt?: (receipt: Receipt) => void;
  /** Entries after the answer. */
  after?: number;
  signer?: Signer;
  /** The name that stands in the checkpoint. */
  origin?: string;
}

const points = (text: string) => [...text];

function source(id: string, document: number, quoteOf: string, text: string, sha256Of: string, fused: number): Source {
  const start = points(text.slice(0, text.indexOf(quoteOf))).length;
  return {
    id,
    passage: `passage${document}`,
    text: quoteOf,
    start,
    end: start + points(quoteOf).length,
    document: { id: `document${document}`, version: document + 1, corpus: 'test', status: 'current', sha256: sha256Of },
    scores: { lexical: { rank: document + 1, score: 0.5 }, dense: document === 1 ? null : { rank: 2, score: 0.25 }, fused },
  };
}

async function wordsOf(): Promise<Words> {
  const hashes = await Promise.all(TEXTS.map(hashOf));
  const at = (place: number) => [TEXTS[place] ?? '', hashes[place] ?? ''] as const;
  const one = source('E1', 0, 'Do not start below an eGFR of 30.\nStop it in sepsis.', ...at(0), 0.6515689);
  const two = source('E2', 1, 'Metformin may be continued down to an eGFR of 20.', ...at(1), 0.0000015);
  const three = source('E3', 2, 'Near, and not cited.', ...at(2), 1);
  const quote = 'Do not start below an eGFR of 30.';
  const start = Number(one['start']);
  const cited = { n: 1, evidence: 'E1', quote, start, end: start + points(quote).length, verdict: 'supported' };
  const other = { evidence: 'E2', quote: String(two['text']), start: two['start'], end: two['end'] };
  const question = 'When is metformin not started?';
  return {
    request: { question, history: [], filters: {}, as_of: null, has_patient: true },
    answer: {
      id: 'answer-1',
      question,
      status: 'answered',
      mode: 'synthesis',
      snapshot: 7,
      prompt_sha256: await hashOf('prompt'),
      model: { id: 'model', sha256: null },
      evidence: [one, two],
      closest: [three],
      statements: [{ verdict: 'supported', citations: [cited] }, { verdict: 'partial', citations: [{ ...cited, n: 2 }] }],
      conflicts: [{ positions: [cited, other] }],
    },
    texts: [...TEXTS],
  };
}

async function objectOf(answer: Draft): Promise<Record<string, Json>> {
  const passage = (id: unknown) => answer.evidence.find((one) => one['id'] === id)?.['passage'] as Json;
  const statements = answer.statements.map(async ({ verdict, citations }) => ({
    verdict,
    citations: await Promise.all(
      citations.map(async ({ evidence, start, end, quote, verdict: own }) => ({
        passage: passage(evidence),
        start: start as number,
        end: end as number,
        quote_sha256: await hashOf(String(quote)),
        verdict: own as string,
      })),
    ),
  }));
  const evidence = answer.evidence.map(({ passage: name, document, scores }) => {
    const rank = (arm: unknown) => (arm as { rank: number } | null)?.rank ?? null;
    const { id, version, sha256: hash } = document as { id: string; version: number; sha256: string };
    const score = Math.round(Number(scores['fused']) * 1e6);
    const [lexical, dense] = [rank(scores['lexical']), rank(scores['dense'])];
    return { passage: name as Json, document: id, version, sha256: hash, lexical, dense, score };
  });
  const { status, mode, snapshot, prompt_sha256 } = answer as unknown as Record<string, Json>;
  return {
    answer: answer['id'] as string, status: status ?? null, mode: mode ?? null, snapshot: snapshot ?? null,
    prompt_sha256: prompt_sha256 ?? null, model: 'model@hash', evidence, statements: await Promise.all(statements),
  };
}

const entry = (seq: number, action: string, object: Record<string, Json>, commitments: Record<string, string> = {}) => ({
  v: 1, seq, id: `id-${seq}`, at: '2026-11-22T10:00:00.000000000Z', tenant: 'default', actor: 'somebody',
  role: 'clinician', action, request: null, object, commitments, checkpoint: 0, release: 'osler-test',
});

const SALT = '0f'.repeat(32);
const salted = async (words: string) => hex(await sha256(new Uint8Array(32).fill(0x0f), utf8(words)));

/** Entries before the publication, and between it and the question. */
const [BEFORE, BETWEEN] = [3, 2];

export async function makeReceipt(edits: Edits = {}): Promise<{ receipt: Receipt; key: string }> {
  const signer = edits.signer ?? (await newSigner());
  const words = await wordsOf();
  edits.words?.(words);
  const { answer, texts } = words;
  const cited = [...answer.evidence, ...answer.closest].map(({ document }) => document) as unknown as Version[];
  const named = cited.map(({ id, version, sha256: hash }) => ({ document: id, version, sha256: hash }));
  const lines = [...named.map((one) => `${one.document} ${one.version} ${one.sha256}`), 'other 1 x', 'other 2 y'].sort();

  const request = JSON.stringify(words.request);
  const said = edits.spelled?.(JSON.stringify(answer)) ?? JSON.stringify(answer);
  const [first, asked] = [BEFORE, BEFORE + BETWEEN + 1];
  const [of, id] = [answer['snapshot'] as number, answer['id'] as string];
  const written = {
    published: entry(first, 'corpus.published', { snapshot: of, versions: lines.length, root: hex(await rootOf(lines)) }),
    asked: entry(asked, 'answer.asked', { answer: id }, { request: await salted(request) }),
    given: entry(asked + 1, 'answer.given', await objectOf(answer), { answer: await salted(said) }),
  };
  edits.written?.(written);
  const log = Array.from({ length: asked + 2 + (edits.after ?? 4) }, (_, seq) => canonical(entry(seq, 'test.done', {})));
  const spelled = { published: canonical(written.published), asked: canonical(written.asked), given: canonical(written.given) };
  log[first] = spelled.published;
  log[asked] = spelled.asked;
  log[asked + 1] = spelled.given;
  const text = `${edits.origin ?? ORIGIN}\n${log.length}\n${base64(await rootOf(log))}\n`;
  const note = `${text}\n${await signer.sign(text)}`;
  const logged = async (seq: number) => {
    const path = (await pathOf(seq, log)).map((hash) => `${base64(hash)}\n`).join('');
    return { entry: log[seq] ?? '', proof: `c2sp.org/tlog-proof@v1\nindex ${seq}\n${path}\n${note}` };
  };
  const versions = named.map(async (one) => {
    const index = lines.indexOf(`${one.document} ${one.version} ${one.sha256}`);
    return { ...one, index, path: (await pathOf(index, lines)).map(hex) };
  });
  const receipt: Receipt = {
    format: 'osler-receipt/1',
    keys: [signer.key],
    asked: { ...(await logged(asked)), opened: { request: { salt: SALT, words: request } } },
    given: { ...(await logged(asked + 1)), opened: { answer: { salt: SALT, words: said } } },
    published: await logged(first),
    snapshot: { number: of, size: lines.length, versions: await Promise.all(versions) },
    documents: named.map((one, place) => ({ ...one, text: texts[place] ?? null, withheld: null })),
  };
  edits.receipt?.(receipt);
  return { receipt, key: signer.key };
}

interface Version {
  id: string;
  version: number;
  sha256: string;
}

export const bytesOf = (receipt: unknown): Bytes => utf8(JSON.stringify(receipt));
