// Words of an answer.
import type { AnswerStatus, Mode } from '../api/types';

const statuses: Record<Exclude<AnswerStatus, 'answered'>, { title: string; meaning: string }> = {
  partial: { title: 'A part of the answer was held back', meaning: 'What could not be borne out by a quote is not shown.' },
  no_evidence: { title: 'The literature held here does not answer this', meaning: '' },
  // The reason that comes with it says why, and what to do.
  refused_scope: { title: 'Outside what Osler is for', meaning: '' },
  extractive: {
    title: 'No model wrote this: sentences of the sources, chosen by a score',
    meaning: 'They may not answer the question: read them in their place.',
  },
  degraded: {
    title: 'A part of the service was missing',
    meaning: 'Something that would have been found may be lacking. Ask again later, or look in the sources yourself.',
  },
};

const modes: Record<Mode, string> = {
  quoting: 'sentences of the sources, chosen by a model',
  synthesis: 'worded by a model, each statement checked against its quotes',
  extractive: 'sentences of the sources, chosen by a score',
};

export const answer = {
  question: 'Question',
  statements: 'Statements',
  statuses,
  views: { label: 'How the answer is shown', answer: 'Answer', plain: 'Plain words', differential: 'Differential' },
  cite: (n: number, title: string) => `Quote ${n}: ${title}. Open in the document.`,
  citeBroken: (n: number) => `Quote ${n} cannot be shown: it is not where it is said to be.`,
  since: 'A source of this answer no longer stands as it did',
  broken: 'quote not found',
  brokenLong: 'These words do not stand in the passage they are cited from. Do not rely on this statement; report it.',
  noSource: 'The passage that this number names is missing from the answer. Do not rely on this statement; report it.',
  secondhand: 'Second-hand: the quote itself leans on another work. Read that work before relying on it.',
  versionLine: (version: number) => `version ${version}`,
  worded: 'Worded by a model from the quotes',
  actions: (n: number) => `Actions for statement ${n}`,
  copyStatement: 'Copy with reference',
  copied: 'Copied',
  copyFailed: 'The browser did not allow copying.',
  feedback: 'Give feedback',
  safety: 'Report a safety concern',
  unknownsTitle: 'Not stated, and it matters',
  unknownsNote: 'Add it under “Patient context” or in a further question, then ask again.',
  known: (summary: string) => `Asked with: ${summary}`,
  conflictsTitle: 'The sources disagree',
  conflictLine: (facet: string, reason: string) => `On ${facet}: ${reason}.`,
  noGrade: 'no grade stated',
  undated: 'no date stated',
  openPassage: 'Open the passage',
  searched: 'Searched:',
  searchedNothing: 'no corpus',
  closestTitle: 'The closest passages, for you to judge',
  gapNoted: 'This question has been noted for the library as a gap.',
  gapNotNoted: 'Only a part of the library was searched, so this has not been noted as a gap. Ask without filters to search all of it.',
  gapUnsettled:
    'That nothing is answered here does not say that the literature held here has no answer, so it has not been noted as a gap.',
  evidenceTitle: (n: number) => (n === 1 ? 'The passage this rests on' : `The ${n} passages this rests on`),
  foot: {
    label: 'About this answer',
    asked: 'Asked',
    snapshot: 'Snapshot',
    mode: 'Mode',
    modes,
    model: 'Model',
    noModel: 'no model wrote',
    time: 'Time',
    seconds: (s: string) => `${s} s`,
    id: 'Answer',
    copyId: 'Copy the answer’s id',
    json: 'As recorded (JSON)',
  },
  plain: {
    note: 'For going through with a patient',
    original: 'As answered',
    failed: 'The plain words could not be had',
    none: 'There are no statements to put in plain words.',
  },
  differential: {
    findings: 'Findings taken from the question',
    noFindings: 'No findings were recognised in the question.',
    none: 'No document held here describes a condition with these findings.',
    away: 'There may be more conditions, and more that speaks for and against each.',
    noneFound: 'No document that was found describes a condition with these findings.',
    for: 'Speaks for it',
    against: 'Speaks against it',
    nothing: 'nothing found',
    failed: 'The differential could not be had',
    unavailable: 'This server does not offer a differential yet.',
    where: 'from',
  },
};
