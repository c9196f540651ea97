// Words of the list of corpora.
import { UNDISPLAYED_WORDS } from '../library/corpora/differences';

const written = (n: number) => n.toLocaleString('en');

export const corpora = {
  title: 'Corpora',
  lead: 'What the answers can be made of, by what right it is held, and how well it is kept.',
  loading: 'Fetching the corpora',
  failed: 'The corpora could not be had',
  empty: 'There is no corpus',
  emptyDetail: 'A corpus begins with its policy, which a librarian proposes and a second person approves.',
  about: (issuer: string, kind: string, jurisdiction: string, language: string) =>
    `${issuer} · ${kind} · ${jurisdiction} · language: ${language}`,
  evidence: (level: string) => `Evidence, as its issuer grades it: ${level}`,
  id: 'Short name:',
  rights: {
    title: 'By what right',
    licence: (licence: string) => `Licence: ${licence}.`,
    index: (may: boolean) =>
      may ? 'Its texts may be indexed and searched.' : 'Its texts may not be indexed: nothing of it is found.',
    quote: (words: number | null, display: boolean) => {
      if (words !== null) return `Quotes of up to ${written(words)} words may be shown.`;
      return display
        ? 'Quotes of any length may be shown.'
        : `No length is set for quotes; up to ${UNDISPLAYED_WORDS} words are shown.`;
    },
    display: (may: boolean) =>
      may ? 'Whole documents may be displayed.' : 'Whole documents may not be displayed: readers get quotes alone.',
    export: (may: boolean) =>
      may ? 'Quotes may leave the house in exports.' : 'Quotes may not leave the house in exports.',
    endless: 'The licence does not end.',
    until: (day: string) => `The licence runs until ${day}.`,
    over: 'The licence has ended',
    overDetail: (day: string | null) =>
      `${day === null ? 'Its term is over' : `It ran until ${day}`}: nothing of this corpus is found, and none of ` +
      'its documents is displayed. Have the licence renewed, or the corpus taken out.',
  },
  health: {
    title: 'How it is kept',
    documents: 'Documents',
    versions: 'Versions',
    passages: 'Passages in force',
    findings: 'Open findings',
    overdue: 'Review overdue',
    poor: 'Poorly read',
    suppressed: 'Retracted or withdrawn',
    retracted: 'Retracted',
    withdrawn: 'Withdrawn',
    written,
    /** For those who hear a link alone. */
    of: (what: string, corpus: string) => ` ${what.toLowerCase()}, ${corpus}`,
    inCorpus: (corpus: string) => ` of ${corpus}`,
  },
  runs: {
    title: 'Where it comes from',
    none: 'Nothing was taken in yet.',
    last: 'Last taken in',
    by: (person: string) => `, by ${person}`,
    counts: ({ added, updated, unchanged, rejected }: Record<'added' | 'updated' | 'unchanged' | 'rejected', number>) =>
      `${written(added)} added, ${written(updated)} updated, ${written(unchanged)} unchanged, ${written(rejected)} rejected`,
    open: 'Its account',
    openOf: (corpus: string) => `: last taken in, ${corpus}`,
    sources: (n: number) => (n === 1 ? 'It names 1 source.' : `It names ${written(n)} sources.`),
    noSources: 'It names no sources: its documents are taken in from files.',
    refresh: 'Look at the sources now',
    refreshing: 'Asking the sources',
    refreshOf: (corpus: string) => `: ${corpus}`,
    failed: 'The sources were not asked',
    toIngest: 'What is being taken in',
  },
};
