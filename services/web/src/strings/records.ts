// Words of the numbers over time, for those who audit the service.
import type { RangeName } from '../records/range';
import { literature } from './literature';

const ranges: Record<RangeName, string> = { '7': '7 days', '30': '30 days', '90': '90 days', '365': 'A year' };

const each = (days: number) => (days === 1 ? 'day' : `${days} days`);
const questions = (n: string) => (n === '1' ? '1 question' : `${n} questions`);
const citations = (n: string, isOne: boolean) => (isOne ? '1 citation' : `${n} citations`);

type Words = Readonly<Record<string, string>>;

const statuses: Words = {
  answered: 'Answered',
  partial: 'Answered in part',
  extractive: 'Answered with sentences chosen by a score',
  degraded: 'Answered while a part of the service was missing',
  no_evidence: 'Too little evidence',
  inconclusive: 'Undecided: a part of the search was away',
  refused_scope: 'Outside what Osler is for',
  timeout: 'Never finished',
  open: 'In work',
};

const feedback: Words = {
  helpful: 'It helped',
  unhelpful: 'It did not help',
  disagree: 'I hold otherwise: an override',
  safety: 'A safety concern',
};

const verdicts: Words = Object.fromEntries(Object.entries(literature.verdicts).map(([name, { word }]) => [name, word]));

export const records = {
  title: 'Numbers',
  lead: 'What was asked, what came of it, and what should never be. Nobody is named here.',
  range: 'How far back',
  ranges,
  loading: 'Counting…',
  failed: 'The numbers could not be read.',
  retry: 'Try again',
  empty: 'No questions in this range',
  emptyDetail: 'Nobody has asked since the first day of it. A longer range may have some.',
  narrow: {
    corpus: 'Corpus',
    allCorpora: 'All corpora',
    model: 'Model',
    allModels: 'All models',
    noModel: 'No model wrote',
    toCorpus: (title: string) =>
      `Narrowed to the corpus “${title}”: only answers that cite this corpus, and only their citations of it. Abstentions and ` +
      'failures cite nothing, so there are none of them here.',
    toModel: (name: string) => `Narrowed to the model ${name}: only answers that it wrote.`,
    toNoModel: 'Narrowed to answers that no model wrote.',
    clear: 'Show the numbers of all answers',
    empty: 'No such answers in this range',
    emptyDetail: 'Nothing since the first day of it fits what the numbers are narrowed to.',
    notNarrowed: 'These are the numbers of all answers',
    notNarrowedDetail: 'This server does not narrow them to what was asked for.',
  },
  span: (from: string, to: string, days: number) =>
    `From ${from} to ${to}, by ${days === 1 ? 'day' : `periods of ${days} days, named by their first`}. ` +
    `Days are those of UTC; the last ${days === 1 ? 'day' : 'period'} is not over yet.`,
  numbers: 'The numbers',
  numbersOf: (title: string) => `: ${title}`,
  firstDay: (days: number) => (days === 1 ? 'Day' : 'First day'),
  none: '–',
  outcome: {
    title: 'Questions',
    label: (days: number) => `Stacked bars: questions of each ${each(days)}, by what came of them.`,
    caption: (days: number) =>
      `How many questions were asked in each ${each(days)}, and what came of them: answered in part or in full, ` +
      'abstained for want of evidence or out of scope, or failed.',
    latest: (day: string, all: string, parts: string) => `Latest, ${day}: ${questions(all)}. ${parts}.`,
    all: 'All',
    people: 'People',
    answered: 'Answered',
    abstained: 'Abstained',
    inconclusive: 'Undecided, with a part of the search away',
    failed: 'Failed',
    open: 'In work',
  },
  support: {
    title: 'Supported statements',
    label: (days: number) => `Line: of a hundred statements of each ${each(days)}, how many their quotes bear out.`,
    caption: (days: number) =>
      `Of a hundred statements of each ${each(days)}, how many are borne out by their quotes. The line has a gap where ` +
      'nothing was stated.',
    latest: (day: string, share: string, all: string) => `Latest, ${day}: ${share} of ${all}.`,
    none: 'Nothing was stated in this range.',
    share: 'Share',
    supported: 'Supported',
    statements: 'Statements',
  },
  time: {
    title: 'Time to an answer',
    label: (days: number) => `Two lines: milliseconds to an answer in each ${each(days)}, for half and for 99 of 100.`,
    caption: (days: number) =>
      `Within how many milliseconds half of the answers of each ${each(days)} were there, and 99 of 100. The lines have a ` +
      'gap where nothing was answered.',
    latest: (day: string, p50: string, p99: string) => `Latest, ${day}: half within ${p50}, 99 of 100 within ${p99}.`,
    none: 'Nothing was timed in this range.',
    ms: (n: string) => `${n}\u00a0ms`,
    p50: 'Half (p50)',
    p99: '99 of 100 (p99)',
  },
  retracted: {
    title: 'Retracted when cited',
    none: 'None, as it must be',
    noneDetail: 'No source was cited that was retracted or withdrawn by then.',
    noneOfThese: 'None of these answers cited a source that was retracted or withdrawn by then.',
    some: (n: string, isOne: boolean) =>
      `${citations(n, isOne)} of what was retracted or withdrawn when it was cited. This must never be`,
    someDetail:
      'It is a defect of the service. Report it to those responsible for safety in this hospital, and have those told who ' +
      'read the answers.',
  },
  shares: {
    statuses: { title: 'How questions ended', note: '', words: statuses },
    verdicts: { title: 'Citations by verdict', note: 'Whether the quote bears the statement out.', words: verdicts },
    standings: {
      title: 'Sources when cited',
      note: 'How a source stood at the time, not how it stands now.',
      words: literature.statuses as Words,
    },
    corpora: { title: 'Citations by corpus', note: '', words: {} as Words },
    models: { title: 'Answers by model', note: 'The model that wrote.', words: { none: 'No model wrote' } as Words },
    feedback: { title: 'What readers said', note: 'Of the answers in this range.', words: feedback },
  },
  stale: (n: string, isOne: boolean) =>
    `${citations(n, isOne)} of sources that were superseded or expired, or under an expression of concern.`,
  failedWith: (code: string) => `Failed: ${code}`,
  nothing: 'None in this range.',
  of: (count: string, share: string) => `${count} (${share})`,
};
