// The check of a receipt in the browser, from its bytes alone: everything that the format says holds of a good receipt,
// but for the verdicts. It believes nothing but the keys that it is given.
import { proof as say } from '../../strings/proof';
import { checkLogged, checkQuotes, type Texts } from './answer';
import { need } from './bad';
import { Bench, type Check } from './bench';
import { type Bytes, hex, isSame, textOf, unhex, utf8 } from './bytes';
import { hasHashes, sha256 } from './crypto';
import { type Entry, entryOf } from './entry';
import { type Json, member, readJson } from './json';
import { isSameKey, type Key, keyOf, LOG, type Proof, proofOf } from './note';
import { ANSWER, type Answer, type Logged, RECEIPT, type Receipt, REQUEST, type Request } from './receipt';
import { checkSigned } from './signed';
import { leafHash, rootByPath } from './tree';

const reasons = say.reasons;
const details = say.details;

/** What a page shows, to be held against the receipt. */
export interface Shown {
  id: string;
  /** The answer as the page has it. */
  answer: object;
  /** The bytes of the entries as the page has them. */
  entries: readonly string[];
}

export interface Wanted {
  /** Keys that are known from elsewhere. Without any, those in the receipt are taken at their word. */
  believed: readonly Key[];
  shown?: Shown;
}

/**
 * `proved`: with a key known from elsewhere. `consistent`: with the receipt's own. `unsigned`: all holds but the signatures,
 * which this browser cannot check. `unable`: nothing could be checked here.
 */
export type Verdict = 'proved' | 'consistent' | 'unsigned' | 'unable' | 'fails';

export interface Report {
  verdict: Verdict;
  checks: Check[];
  /** The keys in the receipt that are the log's own. */
  keys: Key[];
  /** The question as it is kept, once it is proved to be. */
  request: Request | null;
}

interface Entries {
  asked: Entry;
  given: Entry;
  published: Entry | null;
}

interface Proofs {
  all: { name: keyof Entries; proof: Proof }[];
}

/** Never throws: what is wrong with the receipt is in the report. */
export async function verifyReceipt(bytes: Bytes, { believed, shown }: Wanted): Promise<Report> {
  if (!hasHashes()) return { verdict: 'unable', checks: [], keys: [], request: null };
  const bench = new Bench();
  const receipt = await bench.check('form', [], () => {
    const value = readJson(textOf(bytes));
    RECEIPT(value, reasons.receipt);
    return [value as unknown as Receipt, details.form];
  });
  const keys = await bench.check('keys', [receipt], async (from) => {
    const all = await Promise.all(from.keys.map(keyOf));
    const own = all.filter(({ kind }) => kind === LOG);
    const trusted = believed.length === 0 ? own : believed;
    need(all.some((key) => trusted.some((one) => isSameKey(key, one))), reasons.key.unknown);
    return [{ own, trusted }, believed.length === 0 ? details.keysOwn : details.keysBelieved];
  });
  const entries = await bench.check('entries', [receipt], (from): [Entries, string] => {
    const [asked, given] = [entryOf(from.asked.entry), entryOf(from.given.entry)];
    const published = from.published && entryOf(from.published.entry);
    return [{ asked, given, published }, details.entries(asked.seq, given.seq, published?.seq ?? null)];
  });
  const proofs = await bench.check('places', [receipt, entries], (from, found) => places(from, found));
  await bench.check('signatures', [keys, proofs], ({ trusted }, found) => signatures(trusted, found));
  const request = await bench.check('request', [receipt, entries], async (from, { asked }) => {
    const value = await opened(from.asked, asked, 'request');
    REQUEST(value, reasons.request);
    return [value as unknown as Request, details.request];
  });
  const answer = await bench.check('answer', [receipt, entries], async (from, { given }) => {
    const value = await opened(from.given, given, 'answer');
    ANSWER(value, reasons.answer);
    return [value as unknown as Answer, details.answer];
  });
  await bench.check('pair', [entries, request, answer], pair);
  await bench.check('logged', [entries, answer], async ({ given }, said) => {
    await checkLogged(given.object, said);
    return [{}, details.logged(said.evidence.length, said.statements.length)];
  });
  await bench.check('snapshot', [receipt, entries, answer], inForce);
  const texts = await bench.check('texts', [receipt], (from) => textsOf(from));
  await bench.check('quotes', [texts, answer], (found, said) => {
    const { quotes, withheld } = checkQuotes(said, found);
    return [{}, details.quotes(quotes, withheld)];
  });
  if (shown) await bench.check('shown', [receipt, answer], (from, said) => isShown(from, said, shown));
  const { checks } = bench;
  return { verdict: verdictOf(checks, believed), checks, keys: keys?.own ?? [], request };
}

function verdictOf(checks: readonly Check[], believed: readonly Key[]): Verdict {
  const outcomes = new Set(checks.map(({ outcome }) => outcome));
  if (outcomes.has('fails') || outcomes.has('open')) return 'fails';
  if (outcomes.has('unable')) return 'unsigned';
  return believed.length > 0 ? 'proved' : 'consistent';
}

/** Each entry stands at its place in the tree of its checkpoint. */
async function places(receipt: Receipt, entries: Entries): Promise<[Proofs, string]> {
  const all: Proofs['all'] = [];
  for (const name of ['asked', 'given', 'published'] as const) {
    const [logged, entry] = [receipt[name], entries[name]];
    if (!logged || !entry) continue;
    const proof = proofOf(logged.proof);
    const { index, path, checkpoint } = proof;
    need(index === entry.seq, reasons.place(say.parts[name]));
    const root = await rootByPath(await leafHash(utf8(logged.entry)), index, checkpoint.size, path);
    need(root !== null && isSame(root, checkpoint.root), reasons.root(say.parts[name]));
    all.push({ name, proof });
  }
  const sizes = [...new Set(all.map(({ proof }) => proof.checkpoint.size))];
  return [{ all }, details.places(sizes)];
}

async function signatures(trusted: readonly Key[], { all }: Proofs): Promise<[object, string]> {
  const notes = all.map(({ name, proof: { note, checkpoint } }) => ({ of: say.parts[name], note, checkpoint }));
  return [{}, details.signatures(await checkSigned(notes, trusted))];
}

/** The words behind a commitment, as JSON. */
async function opened(logged: Logged, entry: Entry, name: string): Promise<Json> {
  const { salt, words } = logged.opened?.[name] ?? { salt: '', words: '' };
  const commitment = hex(await sha256(unhex(salt), utf8(words)));
  need(entry.commitments[name] === commitment, reasons.commitment);
  return readJson(words);
}

function pair({ asked, given }: Entries, request: Request, answer: Answer): [object, string] {
  need(asked.action === 'answer.asked' && given.action === 'answer.given', reasons.actions);
  const [of, id] = [member(asked.object, 'answer'), member(given.object, 'answer')];
  need(of === id && id === answer.id, reasons.otherAnswer);
  need(asked.actor === given.actor && asked.tenant === given.tenant, reasons.otherPerson);
  need(asked.seq < given.seq, reasons.early);
  need(request.question === answer.question, reasons.otherQuestion);
  return [{}, details.pair];
}

const OUT_OF_FORCE: readonly string[] = ['retracted', 'withdrawn', 'expired'];
const versionName = (document: string, version: number, sha256: string) => `${document} ${version} ${sha256}`;

/** What is cited was in force in the snapshot, which was published before the question. */
async function inForce(receipt: Receipt, entries: Entries, answer: Answer): Promise<[object, string]> {
  const { number, size, versions } = receipt.snapshot;
  const { asked, published } = entries;
  need(number === answer.snapshot, reasons.otherSnapshot);
  need(published !== null || (number === 0 && size === 0), reasons.unpublished);
  if (published) {
    const { object, action } = published;
    need(action.startsWith('corpus.') && member(object, 'snapshot') === number, reasons.notPublication);
    need(member(object, 'versions') === size, reasons.notPublication);
    need(published.seq < asked.seq && published.tenant === asked.tenant, reasons.publishedLate);
  }
  const root = member(published?.object, 'root');
  const named = new Set<string>();
  for (const { document, version, sha256: hash, index, path } of versions) {
    const name = versionName(document, version, hash);
    const found = await rootByPath(await leafHash(utf8(name)), index, size, path.map(unhex));
    need(found !== null && hex(found) === root, reasons.notInSnapshot(document, version));
    named.add(name);
  }
  const pairs = new Set(versions.map(({ document, version }) => `${document} ${version}`));
  need(pairs.size === versions.length, reasons.versionTwice);
  const cited = [...answer.evidence, ...answer.closest].map(({ document }) => document);
  const wanted = new Set(cited.map(({ id, version, sha256: hash }) => versionName(id, version, hash)));
  need(wanted.size === named.size && [...wanted].every((name) => named.has(name)), reasons.otherVersions);
  need(!cited.some(({ status }) => OUT_OF_FORCE.includes(status)), reasons.outOfForce);
  return [{}, details.snapshot(number, versions.length, size)];
}

/** The texts by document and version, null where one is withheld. */
async function textsOf({ documents, snapshot }: Receipt): Promise<[Texts, string]> {
  const texts: Texts = new Map();
  const named = new Set(snapshot.versions.map((one) => versionName(one.document, one.version, one.sha256)));
  for (const { document, version, sha256: hash, text, withheld } of documents) {
    const key = `${document} ${version}`;
    need(named.has(versionName(document, version, hash)) && !texts.has(key), reasons.otherDocument(document));
    need((text === null) === (withheld !== null), reasons.noText(document));
    need(text === null || hex(await sha256(utf8(text))) === hash, reasons.otherText(document));
    texts.set(key, text);
  }
  const held = [...texts.values()].filter((text) => text !== null).length;
  return [texts, details.texts(held, texts.size - held)];
}

function isShown(receipt: Receipt, answer: Answer, shown: Shown): [object, string] {
  need(answer.id === shown.id, reasons.otherReceipt);
  // The words were read strictly before, so that both readings are the same.
  const words: unknown = JSON.parse(receipt.given.opened?.['answer']?.words ?? '');
  need(JSON.stringify(words) === JSON.stringify(shown.answer), reasons.shownAnswer);
  const are = [receipt.asked, receipt.given].every(({ entry }) => shown.entries.includes(entry));
  need(are, reasons.shownEntries);
  return [{}, details.shown];
}
