// Words of the check of a receipt in the browser.

const count = (n: number, one: string, many: string) => (n === 1 ? `1 ${one}` : `${n.toLocaleString('en')} ${many}`);

const parts = { asked: 'the question', given: 'the answer', published: 'the publication of the snapshot', now: 'the log as it is now' };

export const proof = {
  parts,
  open: 'Not checked: it rests on a check that does not hold.',
  checks: {
    form: 'It is a receipt',
    keys: 'Its keys are keys of the log',
    entries: 'The entries are in their one spelling',
    places: 'The entries stand in the log at their places',
    signatures: 'The log signed for them',
    request: 'The question is the one that the log has a seal of',
    answer: 'The answer is the one that the log has a seal of',
    pair: 'Question and answer belong together',
    logged: 'The log says the same of the answer',
    snapshot: 'What is cited was in force in the snapshot',
    texts: 'The texts are those of their SHA-256',
    quotes: 'Every quote stands in its text, at its place',
    shown: 'This page shows what the receipt proves',
  },
  details: {
    form: 'Format osler-receipt/1, with all its members and no others.',
    keysBelieved: 'One of them is a key that you believe.',
    keysOwn: 'They came with the receipt, from the same server. None is compared with one that you know from elsewhere.',
    entries: (asked: number, given: number, published: number | null) =>
      `Question: entry ${asked}. Answer: entry ${given}. ` +
      (published === null ? 'Nothing was published yet.' : `Publication of the snapshot: entry ${published}.`),
    places: (sizes: readonly number[]) =>
      `Their hashes lead to the root of a log of ${sizes.map((n) => count(n, 'entry', 'entries')).join(' and of ')} (RFC 6962).`,
    signatures: (name: string) => `Each checkpoint bears the Ed25519 signature of ${name}.`,
    request: 'Its salt and words make the commitment in the entry.',
    answer: 'Its salt and words make the commitment in the entry.',
    pair: 'Same answer, same person, same question; it was asked before it was answered.',
    logged: (evidence: number, statements: number) =>
      `Status, mode, snapshot, prompt, ${count(evidence, 'passage', 'passages')} with ranks and scores, and ` +
      `${count(statements, 'statement', 'statements')} with verdicts and places.`,
    snapshot: (number: number, versions: number, size: number) =>
      versions === 0
        ? `Snapshot ${number}; nothing of it is cited.`
        : `${count(versions, 'version', 'versions')} of the ${size.toLocaleString('en')} of snapshot ${number}, published before the question.`,
    texts: (held: number, withheld: number) =>
      count(held, 'text', 'texts') +
      (withheld === 0 ? '.' : `; ${count(withheld, 'is', 'are')} withheld, and cannot be checked here.`),
    quotes: (quotes: number, withheld: number) =>
      `${count(quotes, 'passage or quote', 'passages and quotes')}, character by character` +
      (withheld === 0 ? '.' : `; ${count(withheld, 'lies', 'lie')} in withheld texts.`),
    shown: 'The answer above, and both entries, are those in the receipt.',
  },
  unable: {
    subtle:
      'This page did not come over https, so the browser gives it no means to check hashes or signatures. ' +
      'Save the receipt, and check it with “osler audit verify”.',
    ed25519:
      'This browser cannot check Ed25519 signatures. Everything else was checked. ' +
      'Use a newer browser, or “osler audit verify”, for the signatures.',
  },
  reasons: {
    receipt: 'receipt',
    request: 'question',
    answer: 'answer',
    other: 'It could not be read.',
    utf8: 'It is not UTF-8.',
    hex: 'A hash or salt is not spelled as it must be.',
    base64: 'Base64 is not in its one spelling.',
    json: {
      none: 'It is not JSON.',
      string: 'A string in it is no text.',
      number: 'A number in it is too large.',
      twice: 'It has a member twice, so that two readers may see two things.',
      deep: 'It is nested too deeply.',
      fraction: 'It has a number with a fraction where only whole ones may be.',
    },
    shape: {
      missing: (at: string) => `${at} is missing.`,
      more: (at: string) => `${at} must not be there.`,
      type: (at: string) => `${at} is not of its type.`,
      spelling: (at: string) => `${at} is not spelled as it must be.`,
    },
    entry: {
      name: 'entry',
      word: 'An entry has a string that may not stand in the log.',
      value: 'An entry is of another version, or its time is none.',
      spelling: 'An entry is not in its one spelling, or too long.',
    },
    key: {
      form: 'It is not a key: one is written NAME+ID+KEY.',
      kind: 'It is a key of another kind.',
      id: 'The id is that of another key: a character was mistaken.',
      unknown: 'None of its keys is believed. The receipt is of another log, or somebody else signed it.',
    },
    note: {
      form: 'A checkpoint is not a signed note.',
      checkpoint: 'A checkpoint does not have origin, number of entries and root.',
    },
    proof: 'A proof is not in its form.',
    place: (part: string) => `The proof for ${part} is for another place in the log.`,
    root: (part: string) => `The hash of ${part} does not lead to the root of its checkpoint: it is not in the log.`,
    unsigned: (part: string) => `The checkpoint for ${part} is not signed by a believed key of the log that it names.`,
    signature: (part: string) => `A signature under the checkpoint for ${part} is wrong.`,
    tile: 'A tile of the log is not there, or too short.',
    beyond: (seq: number) => `Entry ${seq} lies beyond the newest checkpoint.`,
    notInLog: (seq: number) => `The hash of entry ${seq} does not lead to the root: it is not in the log as this page shows it.`,
    commitment: 'The words are not those that the log has the commitment of.',
    actions: 'The entries are not a question and its answer.',
    otherAnswer: 'Entries and words are of different answers.',
    otherPerson: 'The entries are of different people or logs.',
    early: 'The answer stands in the log before the question.',
    otherQuestion: 'The answer is to another question.',
    logged: (name: string) => `“${name}” of the answer is not what the entry says.`,
    otherSnapshot: 'The receipt is about another snapshot than was searched.',
    unpublished: 'That the snapshot was published is not in the log.',
    notPublication: 'The entry is not the publication of that snapshot.',
    publishedLate: 'The snapshot was not published before the question, or in another log.',
    notInSnapshot: (document: string, version: number) => `${document}, version ${version}, was not in force in the snapshot.`,
    versionTwice: 'A document and version is named twice.',
    otherVersions: 'The versions that are proved are not those that the answer has.',
    outOfForce: 'Something retracted, withdrawn or expired is among what the answer has.',
    otherDocument: (document: string) => `The text of ${document} is not one of those cited, or is there twice.`,
    noText: (document: string) => `The text of ${document} is missing, and nothing says why.`,
    otherText: (document: string) => `The text of ${document} has another SHA-256.`,
    noEvidence: (id: string) => `A quote names ${id}, which the answer does not have.`,
    misplaced: (document: string, start: number, end: number) =>
      `The words at ${start}–${end} of ${document} are not those of the quote.`,
    otherReceipt: 'The receipt is of another answer.',
    shownAnswer: 'The answer on this page is not the one in the receipt.',
    shownEntries: 'The entries on this page are not those in the receipt.',
  },
};
