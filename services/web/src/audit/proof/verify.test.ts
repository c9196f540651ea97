// @vitest-environment node
// Receipts are believed when everything in them holds, and never otherwise: one recorded by the program, and some made here.
import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { proof as say } from '../../strings/proof';
import type { CheckName, Outcome } from './bench';
import { utf8 } from './bytes';
import * as crypto from './crypto';
import { keyOf } from './note';
import type { Receipt } from './receipt';
import { bytesOf, type Edits, makeReceipt, newSigner } from './sample';
import { type Report, verifyReceipt } from './verify';

const examples = new URL('../../../../server/src/http/examples.json', `file://${import.meta.filename}`);
const { receipt: example } = JSON.parse(readFileSync(examples, 'utf8')) as { receipt: { reply: Receipt } };
/** What the program sent, byte for byte. */
const recorded = JSON.stringify(example.reply);

const believed = async (...keys: string[]) => ({ believed: await Promise.all(keys.map(keyOf)) });
const check = async (receipt: string | Receipt, ...keys: string[]): Promise<Report> =>
  verifyReceipt(typeof receipt === 'string' ? utf8(receipt) : bytesOf(receipt), await believed(...keys));

const outcomes = ({ checks }: Report, outcome: Outcome): CheckName[] =>
  checks.filter((one) => one.outcome === outcome).map(({ name }) => name);
const detailOf = ({ checks }: Report, name: CheckName) => checks.find((one) => one.name === name)?.detail;

describe('the receipt that the program recorded', () => {
  it('is proved with the key of its log', async () => {
    const report = await check(recorded, ...example.reply.keys);
    expect(report.checks.filter(({ outcome }) => outcome !== 'holds')).toEqual([]);
    expect(report.verdict).toBe('proved');
    expect(report.checks.map(({ name }) => name)).toEqual(Object.keys(say.checks).filter((name) => name !== 'shown'));
    expect(report.keys.map(({ text }) => text)).toEqual(example.reply.keys);
    expect(report.request).toMatchObject({ question: expect.stringContaining('metformin') as string, has_patient: false });
  });

  it('is no more than consistent with the key that came with it', async () => {
    const report = await check(recorded);
    expect(report.verdict).toBe('consistent');
    expect(detailOf(report, 'keys')).toBe(say.details.keysOwn);
  });

  it('is not believed with the key of another log, even of the same name', async () => {
    for (const name of ['osler.log/test', 'osler.log/062f00cdc41f6f6e']) {
      const report = await check(recorded, (await newSigner(name)).key);
      expect(outcomes(report, 'fails')).toEqual(['keys']);
      expect(report.verdict).toBe('fails');
    }
  });

  it('is held against what the page shows', async () => {
    const { asked, given } = example.reply;
    const answer = JSON.parse(given.opened?.['answer']?.words ?? '') as { id: string; snapshot: number };
    const shown = { id: answer.id, answer, entries: [asked.entry, given.entry, '{}'] };
    const at = (change: Partial<typeof shown>) => verifyReceipt(utf8(recorded), { believed: [], shown: { ...shown, ...change } });
    expect((await at({})).verdict).toBe('consistent');
    expect(detailOf(await at({ id: 'another' }), 'shown')).toBe(say.reasons.otherReceipt);
    expect(detailOf(await at({ answer: { ...answer, snapshot: 2 } }), 'shown')).toBe(say.reasons.shownAnswer);
    const other = await at({ entries: [asked.entry] });
    expect([other.verdict, detailOf(other, 'shown')]).toEqual(['fails', say.reasons.shownEntries]);
  });
});

/** Numbers that look like chance and are the same in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe('a receipt of which anything was changed', () => {
  it('fails, whichever byte it is', { timeout: 300_000 }, async () => {
    const next = numbers(1);
    const whole = utf8(recorded);
    const believing = await believed(...example.reply.keys);
    const passed: number[] = [];
    for (let at = 0; at < whole.length; at += 1) {
      const bytes = whole.slice();
      bytes[at] = (bytes[at] ?? 0) ^ (1 << next(8));
      if ((await verifyReceipt(bytes, believing)).verdict !== 'fails') passed.push(at);
    }
    expect(whole.length).toBeGreaterThan(5_000);
    expect(passed).toEqual([]);
  });

  it('fails when it is cut short, doubled, or something else', async () => {
    const next = numbers(2);
    const cuts = Array.from({ length: 100 }, () => recorded.slice(0, next(recorded.length)));
    const others = ['', 'null', '[]', '{}', '"x"', `${recorded}x`, recorded + recorded, `\ufeff${recorded}`, '['.repeat(1e5)];
    for (const text of [...cuts, ...others]) expect((await check(text, ...example.reply.keys)).verdict).toBe('fails');
  });

  it('fails when a part of it is of another type, or missing, or there is one more', async () => {
    const places: ((string | number)[])[] = [];
    const walk = (value: unknown, path: (string | number)[]) => {
      if (path.length > 0) places.push(path);
      if (typeof value !== 'object' || value === null) return;
      for (const [name, inner] of Object.entries(value)) walk(inner, [...path, Array.isArray(value) ? Number(name) : name]);
    };
    walk(example.reply, []);
    const spoilt = (path: (string | number)[], spoil: (holder: Record<string, unknown>, name: string) => void) => {
      const copy = structuredClone(example.reply) as unknown as Record<string, unknown>;
      const holder = path.slice(0, -1).reduce((inner, name) => inner[name] as Record<string, unknown>, copy);
      spoil(holder, String(path.at(-1)));
      return copy as unknown as Receipt;
    };
    const passed: string[] = [];
    for (const path of places) {
      const all = [7, '7', true, [7], {}, { 7: 7 }].map((other) => spoilt(path, (holder, name) => (holder[name] = other)));
      const isText = typeof path.at(-1) === 'string';
      if (isText) all.push(spoilt(path, (holder, name) => Reflect.deleteProperty(holder, name)));
      if (isText) all.push(spoilt(path, (holder) => (holder['more'] = null)));
      for (const one of all) if ((await check(one, ...example.reply.keys)).verdict !== 'fails') passed.push(path.join('.'));
    }
    expect(places.length).toBeGreaterThan(30);
    expect(passed).toEqual([]);
  });
});

describe('receipts made here', () => {
  it.each([0, 1, 2, 3, 5, 8, 57, 249])('hold in a log that goes on for %i entries', async (after) => {
    const { receipt, key } = await makeReceipt({ after });
    const report = await check(receipt, key);
    expect(report.checks.filter(({ outcome }) => outcome !== 'holds')).toEqual([]);
    expect(report.verdict).toBe('proved');
  });

  it('hold while a text is withheld, and say so', async () => {
    const { receipt, key } = await makeReceipt({
      receipt: ({ documents: [first] }) => Object.assign(first ?? {}, { text: null, withheld: 'its licence' }),
    });
    const report = await check(receipt, key);
    expect(report.verdict).toBe('proved');
    expect(detailOf(report, 'texts')).toBe(say.details.texts(2, 1));
    expect(detailOf(report, 'quotes')).toBe(say.details.quotes(3, 4));
  });

  it('hold where nothing was published and nothing found', async () => {
    const { receipt, key } = await makeReceipt({
      words: ({ answer }) => Object.assign(answer, { snapshot: 0, evidence: [], closest: [], statements: [], conflicts: [] }),
      receipt: (made) => Object.assign(made, { published: null, snapshot: { number: 0, size: 0, versions: [] } }),
    });
    expect((await check(receipt, key)).verdict).toBe('proved');
  });

  it('hold with signatures of others beside the one of the log', async () => {
    const [log, witness] = [await newSigner(), await newSigner('witness.example')];
    const sign = async (text: string) => (await witness.sign(text)) + (await log.sign(text));
    const { receipt } = await makeReceipt({ signer: { key: log.key, sign } });
    expect((await check(receipt, log.key)).verdict).toBe('proved');
    expect((await check(receipt, witness.key)).verdict).toBe('fails');
  });
});

const first = <T>([one]: T[]): T => {
  if (one === undefined) throw new Error('nothing there');
  return one;
};

/** What is wrong, how it was made so with everything sealed and signed anew, the check that must find it, and what it says. */
const wrongs: [string, Edits, CheckName, string][] = [
  ['an entry that is not canonical', { receipt: (made) => (made.asked.entry = made.asked.entry.replace(',', ', ')) }, 'entries', say.reasons.entry.spelling],
  ['an entry with a sentence', { written: ({ asked }) => (asked['actor'] = 'two words') }, 'entries', say.reasons.entry.word],
  ['an entry with a day that is none', { written: ({ asked }) => (asked['at'] = '2026-02-29T10:00:00.000000000Z') }, 'entries', say.reasons.entry.value],
  ['an entry with a time in another spelling', { written: ({ asked }) => (asked['at'] = '2026-02-28T10:00:00Z') }, 'entries', say.reasons.shape.spelling('entry.at')],
  ['an entry of another version', { written: ({ given }) => (given['v'] = 2) }, 'entries', say.reasons.entry.value],
  ['the proof of another entry', { receipt: (made) => (made.asked.proof = made.given.proof) }, 'places', say.reasons.place(say.parts.asked)],
  ['an entry put in the place of another', { written: ({ given }) => (given['seq'] = 1) }, 'places', say.reasons.place(say.parts.given)],
  ['an entry that is not in the log', { receipt: (made) => (made.given.entry = made.given.entry.replace('clinician', 'clinicians')) }, 'places', say.reasons.root(say.parts.given)],
  ['a checkpoint of another name', { origin: 'osler.log/other' }, 'signatures', say.reasons.unsigned(say.parts.asked)],
  ['a question that is not the sealed one', { receipt: ({ asked }) => Object.assign(asked.opened?.['request'] ?? {}, { words: '{"question":"x"}' }) }, 'request', say.reasons.commitment],
  ['another salt', { receipt: ({ given }) => Object.assign(given.opened?.['answer'] ?? {}, { salt: '00'.repeat(32) }) }, 'answer', say.reasons.commitment],
  ['the answer to another question', { words: ({ request }) => (request.question = 'Another?') }, 'pair', say.reasons.otherQuestion],
  ['another person', { written: ({ given }) => (given['actor'] = 'another') }, 'pair', say.reasons.otherPerson],
  ['another action', { written: ({ given }) => (given['action'] = 'answer.part') }, 'pair', say.reasons.actions],
  ['another answer', { written: ({ asked }) => (asked['object'] = { answer: 'another' }) }, 'pair', say.reasons.otherAnswer],
  ['another status in the log', { written: ({ given }) => (given.object['status'] = 'partial') }, 'logged', say.reasons.logged('status')],
  ['another order in the log', { written: ({ given }) => (given.object['evidence'] as unknown[]).reverse() }, 'logged', say.reasons.logged('evidence')],
  ['another score', { words: ({ answer }) => (first(answer.evidence).scores['fused'] = 0.6515695000000001), written: ({ given }) => Object.assign(first(given.object['evidence'] as object[]), { score: 651_569 }) }, 'logged', say.reasons.logged('evidence')],
  ['another verdict in the log', { written: ({ given }) => Object.assign(first(given.object['statements'] as object[]), { verdict: 'partial' }) }, 'logged', say.reasons.logged('statements')],
  ['no model in the log', { written: ({ given }) => (given.object['model'] = null) }, 'logged', say.reasons.logged('model')],
  ['another snapshot', { receipt: ({ snapshot }) => (snapshot.number = 8) }, 'snapshot', say.reasons.otherSnapshot],
  ['no publication', { receipt: (made) => (made.published = null) }, 'snapshot', say.reasons.unpublished],
  ['a publication of another size', { receipt: ({ snapshot }) => (snapshot.size = 6) }, 'snapshot', say.reasons.notPublication],
  ['a publication of another house', { written: ({ published }) => (published['tenant'] = 'another') }, 'snapshot', say.reasons.publishedLate],
  ['a version at another place', { receipt: ({ snapshot }) => (first(snapshot.versions).index += 1) }, 'snapshot', say.reasons.notInSnapshot('document0', 1)],
  ['a version too few', { receipt: ({ snapshot }) => snapshot.versions.pop() }, 'snapshot', say.reasons.otherVersions],
  ['a version twice', { receipt: ({ snapshot }) => snapshot.versions.push(first(snapshot.versions)) }, 'snapshot', say.reasons.versionTwice],
  ['a retracted source', { words: ({ answer }) => (first(answer.closest).document['status'] = 'retracted') }, 'snapshot', say.reasons.outOfForce],
  ['another text', { receipt: ({ documents }) => (first(documents).text = 'Another.') }, 'texts', say.reasons.otherText('document0')],
  ['a text too many', { receipt: ({ documents }) => documents.push({ ...first(documents), document: 'x' }) }, 'texts', say.reasons.otherDocument('x')],
  ['a text that is nowhere', { receipt: ({ documents }) => (first(documents).text = null) }, 'texts', say.reasons.noText('document0')],
  ['a withheld text that is there', { receipt: ({ documents }) => (first(documents).withheld = 'x') }, 'texts', say.reasons.noText('document0')],
  ['a text too few', { receipt: ({ documents }) => documents.pop() }, 'quotes', say.reasons.noText('document2')],
  ['a quote one place off', { words: ({ answer }) => Object.assign(first(first(answer.statements).citations), { start: 13, end: 46 }) }, 'quotes', say.reasons.misplaced('document0', 13, 46)],
  ['a quote with one more letter', { words: ({ answer }) => Object.assign(first(first(answer.statements).citations), { end: 46 }) }, 'quotes', say.reasons.misplaced('document0', 12, 46)],
  ['a quote of nothing', { words: ({ answer }) => Object.assign(first(first(answer.statements).citations), { end: 12, quote: '' }) }, 'quotes', say.reasons.misplaced('document0', 12, 12)],
  ['a position in a disagreement that is not there', { words: ({ answer }) => (first(first(answer.conflicts).positions)['quote'] = 'x') }, 'quotes', say.reasons.misplaced('document0', 12, 45)],
  ['a passage beyond the end', { words: ({ answer }) => (first(answer.closest)['end'] = 21) }, 'quotes', say.reasons.misplaced('document2', 0, 21)],
];

describe('what is sealed and signed, and wrong all the same', () => {
  it.each(wrongs)('%s', async (_, edits, name, reason) => {
    const { receipt, key } = await makeReceipt(edits);
    const report = await check(receipt, key);
    expect(report.verdict).toBe('fails');
    expect(outcomes(report, 'fails')[0]).toBe(name);
    expect(detailOf(report, name)).toBe(reason);
  });

  it('a member twice in the answer, which two readers would read as two things', async () => {
    const { receipt, key } = await makeReceipt({ spelled: (answer) => answer.replace('{', '{"status":"partial",') });
    expect(detailOf(await check(receipt, key), 'answer')).toBe(say.reasons.json.twice);
  });

  it.each([
    ['is no JSON', (answer: string) => `${answer},`, say.reasons.json.none],
    ['has half of a surrogate pair', (answer: string) => answer.replace('answered', '\\ud83d'), say.reasons.json.string],
    ['has a number that is none', (answer: string) => answer.replace('"fused":1', '"fused":1e999'), say.reasons.json.number],
    ['has a number that is not exact', (answer: string) => answer.replace('"snapshot":7', '"snapshot":7.0'), say.reasons.shape.type('answer.snapshot')],
    ['lacks a member', (answer: string) => answer.replace('"mode"', '"Mode"'), say.reasons.shape.missing('answer.mode')],
  ])('an answer that %s', async (_, spelled, reason) => {
    const { receipt, key } = await makeReceipt({ spelled });
    expect(detailOf(await check(receipt, key), 'answer')).toBe(reason);
  });

  it('a signature by another key of the same name', async () => {
    const [log, other] = [await newSigner(), await newSigner()];
    const { receipt } = await makeReceipt({ signer: { ...other, key: log.key } });
    expect(outcomes(await check(receipt, log.key), 'fails')).toEqual(['signatures']);
  });

  it('a second signature that says to be the log’s', async () => {
    const log = await newSigner();
    const sign = async (text: string) => (await log.sign(text)) + (await log.sign('another\n'));
    const { receipt } = await makeReceipt({ signer: { key: log.key, sign } });
    expect(outcomes(await check(receipt, log.key), 'fails')).toEqual(['signatures']);
  });
});

describe('a browser that lacks something', () => {
  it('without Ed25519, checks the rest and says so', async () => {
    vi.spyOn(globalThis.crypto.subtle, 'importKey').mockRejectedValue(new DOMException('', 'NotSupportedError'));
    const report = await check(recorded, ...example.reply.keys);
    expect(report.verdict).toBe('unsigned');
    expect(outcomes(report, 'unable')).toEqual(['signatures']);
    expect(outcomes(report, 'open')).toEqual([]);
    const spoilt = await check(recorded.replace('eGFR below 30', 'eGFR below 31'), ...example.reply.keys);
    expect(spoilt.verdict).toBe('fails');
  });

  it('without hashes, checks nothing', async () => {
    vi.stubGlobal('crypto', { subtle: undefined });
    try {
      expect(crypto.hasHashes()).toBe(false);
      expect(await verifyReceipt(utf8(recorded), { believed: [] })).toMatchObject({ verdict: 'unable', checks: [] });
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
