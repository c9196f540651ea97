// A small review and a server in memory that tells of it what it may, for tests.
import { fakeServer, json, PASSWORD, refusal, type Replies } from '../../testing/session';
import type { Session } from '../../session/types';
import type { Given, Item, Rating, Review, ReviewReply, Signature, Statistics, WholeItem } from './types';

export const [ADA, BEN, CLEO, DORA] = ['id-ada', 'id-ben', 'id-cleo', 'id-dora'] as const;
export const SEED = 'ab'.repeat(32);
export const HASH = 'cd'.repeat(32);
/** What nobody may see before it is allowed. */
export const OURS = 'contradicted';
export const OTHERS = 'Words of the other reviewer';

const quote = 'Do not start below an eGFR of 30.';

export interface Line {
  statement: number;
  ours: string;
  first?: Given;
  second?: Given;
  adjudication?: Item['adjudication'];
}

export const given = (by: string, rating: Rating, comment: string | null = null): Given => ({
  by,
  rating,
  comment,
  at: '2026-11-22T10:00:00Z',
  round: 1,
  later: null,
});

/** As it stands when another rating followed. */
export const changed = (before: Given, rating: Rating, comment: string | null = null): Given => ({
  ...before,
  round: before.round + 1,
  later: { rating, comment, at: '2026-11-22T10:30:00Z' },
});

const share = (count: number, of: number) => ({ count, of, share: count / of, low: 0.301, high: 0.954 });

export const statistics: Statistics = {
  items: 4,
  agreement: { observed: share(3, 4), expected: 0.375, kappa: { value: 0.6, standard_error: 0.2, low: 0.208, high: 0.992 } },
  support: share(3, 4),
  stratified_support: { value: 0.8, standard_error: 0.1, low: 0.604, high: 0.996 },
  strata: [
    { name: 'answered', weight: 0.9, support: share(2, 3) },
    { name: 'no_evidence', weight: 0.1, support: null },
  ],
  finals: [
    { rating: 'supported', items: 3 },
    { rating: 'partial', items: 1 },
    { rating: 'unsupported', items: 0 },
    { rating: 'contradicted', items: 0 },
    { rating: 'cannot_tell', items: 0 },
  ],
  ours: { observed: share(2, 3), expected: 1, kappa: null },
  changed: 2,
};

/** Three statements and an abstention, rated by nobody. */
export const lines = (): Line[] => [
  { statement: 1, ours: OURS },
  { statement: 2, ours: 'supported' },
  { statement: 3, ours: 'supported' },
  { statement: 0, ours: 'no_evidence' },
];

const settledOf = ({ first, second, adjudication }: Line): Rating | null => {
  if (!first || !second) return null;
  const held = [first, second].flatMap(({ rating, later }) => (later ? [rating, later.rating] : [rating]));
  return adjudication?.rating ?? (new Set(held).size === 1 ? first.rating : null);
};

export interface Sample {
  lines: Line[];
  adjudicator: string | null;
  signature: Signature | null;
  holds: boolean;
  /** Tells what it must not, as a broken server would. */
  leaks: boolean;
}

/** Tells and refuses as the server does. */
export function serveReview(session: Session, change: Partial<Sample> = {}, more: Replies = {}) {
  const sample: Sample = { lines: lines(), adjudicator: null, signature: null, holds: true, leaks: false, ...change };
  const sent: unknown[] = [];
  const me = session.account?.id ?? '';
  const place = [ADA, BEN].indexOf(me as typeof ADA);

  const review = (): Review => {
    const rated = [sample.lines.filter(({ first }) => first).length, sample.lines.filter(({ second }) => second).length];
    const isRated = rated.every((n) => n === sample.lines.length);
    const differences = isRated ? sample.lines.filter((line) => settledOf(line) === null).length : 0;
    const state = sample.signature ? 'signed' : !isRated ? 'open' : differences > 0 ? 'adjudication' : 'ready';
    return {
      id: 'r-1',
      title: 'November, all wards',
      created_at: '2026-11-22T10:00:00Z',
      created_by: DORA,
      seed: SEED,
      from: '2026-10-01T00:00:00Z',
      to: '2026-11-01T00:00:00Z',
      size: 3,
      strata: [
        { name: 'answered', population: 9, sampled: 1, population_items: 27, items: 3 },
        { name: 'no_evidence', population: 3, sampled: 1, population_items: 3, items: 1 },
      ],
      reviewers: [ADA, BEN],
      adjudicator: sample.adjudicator,
      state,
      items: sample.lines.length,
      rated,
      differences,
      signature: sample.signature,
    };
  };
  const reply = (): ReviewReply => {
    const head = review();
    const isReady = head.state === 'ready' || head.state === 'signed';
    return {
      ...head,
      statistics: isReady ? statistics : null,
      record_hash: isReady ? HASH : null,
      is_signed_record: sample.signature ? sample.holds : null,
    };
  };
  const seen = (line: Line, at: number): Item => {
    const isOpen = review().state === 'open';
    const [own, other] = place === 0 ? [line.first, line.second] : [line.second, line.first];
    const isReviewer = place >= 0;
    const isRated = line.first !== undefined && line.second !== undefined;
    const both = [line.first, line.second].filter((one) => one !== undefined);
    const final = settledOf(line);
    const showsOurs = sample.leaks || (isReviewer ? own !== undefined : !isOpen && final !== null);
    return {
      n: at + 1,
      answer: showsOurs ? `a-${line.statement === 0 ? 2 : 1}` : null,
      statement: line.statement,
      stratum: showsOurs ? (line.statement === 0 ? line.ours : 'answered') : null,
      ours: showsOurs ? line.ours : null,
      own: isReviewer ? (own ?? null) : null,
      others: isReviewer ? (isRated && other ? [other] : []) : isOpen ? [] : both,
      adjudication: line.adjudication ?? null,
      final: isReviewer || !isOpen ? final : null,
    };
  };
  const whole = (line: Line, at: number): WholeItem => {
    const passage = `When not to start. ${quote} Stop it in sepsis.`;
    const source = { title: 'Type 2 diabetes', document: 'd-1', version: 2, start: 19, end: 52 };
    const isSilent = line.statement === 0;
    return {
      ...seen(line, at),
      question: `Question ${at + 1}?`,
      said: isSilent ? null : `Statement ${at + 1}.`,
      quotes: isSilent ? [] : [{ ...source, passage, quote: at === 2 ? 'Words that are not there' : quote }],
    };
  };
  const waits = (line: Line) => {
    if (place >= 0) return (place === 0 ? line.first : line.second) === undefined;
    return review().state === 'adjudication' && settledOf(line) === null;
  };
  const replies: Replies = {
    'GET /v1/reviews': () => json({ reviews: [review()], next: null }),
    'GET /v1/reviews/r-1': () => json(reply()),
    'GET /v1/reviews/r-1/items': (_, url) => {
      const items = sample.lines.map(seen);
      const isOpen = url.searchParams.get('open') === 'true';
      return json({ items: isOpen ? items.filter(({ n }) => waits(sample.lines[n - 1] as Line)) : items, next: null });
    },
    'POST /v1/reviews/r-1/signature': (body) => {
      sent.push(body);
      const { meaning, record_hash, password } = body as { meaning: string; record_hash: string; password: string };
      if (password !== PASSWORD) return refusal(401, 'wrong_credentials', 'the name or the password is wrong');
      if (record_hash !== HASH) return refusal(409, 'not_now', 'the record is not the one that was read');
      const at = '2026-11-23T08:30:05Z';
      sample.signature = { by: me, full_name: 'Dora Dahl', meaning, at, record_hash, signature: 'ef'.repeat(32) };
      return json(review());
    },
  };
  sample.lines.forEach((line, at) => {
    const path = `/v1/reviews/r-1/items/${at + 1}`;
    replies[`GET ${path}`] = () => json(whole(line, at));
    replies[`PUT ${path}/rating`] = (body) => {
      sent.push(body);
      const { rating, comment } = body as { rating: Rating; comment: string | null };
      if (line.first && line.second) return refusal(409, 'not_now', `item ${at + 1} is decided`);
      const which = place === 0 ? 'first' : 'second';
      const before = line[which];
      line[which] = before ? changed(before, rating, comment) : given(me, rating, comment);
      return json(seen(line, at));
    };
    replies[`PUT ${path}/adjudication`] = (body) => {
      sent.push(body);
      const { rating, reason } = body as { rating: Rating; reason: string };
      line.adjudication = { by: me, rating, reason, at: '2026-11-22T11:00:00Z' };
      sample.adjudicator ??= me;
      return json(seen(line, at));
    };
  });
  return { server: fakeServer(session, { ...replies, ...more }), sample, sent };
}

/** As rated by both; they differ on the second. */
export const ratedLines = (): Line[] =>
  lines().map((line, at) => ({
    ...line,
    first: given(ADA, 'supported', at === 1 ? 'The dose is there.' : null),
    second: given(BEN, at === 1 ? 'partial' : 'supported', OTHERS),
  }));

export const settledLines = (): Line[] =>
  ratedLines().map((line, at) =>
    at === 1
      ? { ...line, adjudication: { by: CLEO, rating: 'partial', reason: 'The dose is missing.', at: '2026-11-22T11:00:00Z' } }
      : line,
  );
