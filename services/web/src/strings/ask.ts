// Words of the first screen and of the field for questions.
import type { Filters, Population } from '../api/types';

const populationNames: Record<Population, string> = {
  newborns: 'Newborns',
  children: 'Children',
  adolescents: 'Adolescents',
  older_adults: 'Older adults',
  pregnant: 'Pregnant',
  breastfeeding: 'Breastfeeding',
};

/** Each filter with its values, as a part of a sentence, in the order of the panel. */
const said: Record<keyof Filters, (values: string) => string> = {
  corpora: (values) => `corpora: ${values}`,
  kinds: (values) => `kinds: ${values}`,
  from_year: (year) => `published in ${year} or later`,
  to_year: (year) => `published in ${year} or before`,
  full_text_only: () => 'whole texts',
  populations: (values) => `populations: ${values}`,
  statuses: (values) => `standing: ${values}`,
  issuers: (values) => `issued by: ${values}`,
  jurisdictions: (values) => `places: ${values}`,
};
export const ask = {
  title: 'What does the literature say?',
  lead:
    'Ask a clinical question. Osler searches the literature that this hospital has chosen and answers in short ' +
    'statements, each with a quote that opens at its exact place in the document.',
  disclosureTitle: 'Before you ask',
  disclosure: [
    'This is software that retrieves and quotes. A language model may choose or word statements; every statement is ' +
      'checked against its quote before it is shown.',
    'For health professionals. It does not know your patient and does not replace your judgement: verify at the ' +
      'source before acting.',
    'Not for emergencies. When minutes count, call for help and follow your local protocol.',
    'Your question and the answer are kept on record. Patient details given under “Patient context” are not; leave ' +
      'them out of the question itself.',
  ],
  more: 'What it is for, and how well it does',
  field: 'Your question',
  followUpField: 'A further question',
  placeholder: 'For example: How is severe pre-eclampsia treated?',
  followUpPlaceholder: 'Ask further, or change a detail',
  send: 'Ask',
  keys: 'Enter asks, Shift and Enter begins a new line',
  tooLong: (over: number) => `${over} characters too long: at most 8,000.`,
  working: 'An answer is being made. Stop it to ask another question.',
  examplesTitle: 'Questions to try',
  examples: [
    'In adults with type 2 diabetes, when should metformin not be started?',
    'In adults with atrial fibrillation, when is the apixaban dose reduced?',
    'What is the dose of intramuscular adrenaline in anaphylaxis?',
    'Is nitrofurantoin safe in renal impairment?',
  ],
  filters: {
    button: 'All literature',
    some: (n: number) => (n === 1 ? '1 filter' : `${n} filters`),
    title: 'What is searched',
    corpora: 'Corpora',
    kinds: 'Kinds of literature',
    note: 'None ticked means all of them.',
    noCorpora: 'This server does not list its corpora; all of them are searched.',
    failed: 'The list of corpora could not be read; all of them are searched.',
    count: (documents: number) => (documents === 1 ? '1 document' : `${documents.toLocaleString('en')} documents`),
    clear: 'Search everything',
    done: 'Done',
    chosen: (title: string, n: number) => `${title}: ${n} chosen`,
    only: (filters: readonly string[]) => `Searched only – ${filters.join('; ')}.`,
    said,
    saidOther: (name: string, values: string) => `${name}: ${values}`,
    years: {
      label: 'Year of publication',
      from: 'From',
      to: 'Up to',
      note: 'What bears no date is then left out.',
      noYear: 'Not a year: write four digits, such as 2020. Until then it does not narrow.',
      reversed: 'The years end before they begin. Until that is put right, neither narrows.',
    },
    wholeTexts: 'Whole texts only',
    wholeTextsNote: 'Leaves out works of which only the abstract is held.',
    populations: 'Populations',
    populationsLabel: 'Only passages that name one of these',
    populationsNote: 'Most texts about adults do not say so: passages without such a word are then left out.',
    populationNames,
    standing: 'Standing',
    standingLabel: 'Only documents that stand so',
    standingNote: 'What is retracted or withdrawn is never found.',
    issuers: {
      title: 'Issuers',
      label: 'Only from these issuers',
      other: 'Another issuer',
      otherNote: 'Its whole name, as documents bear it.',
    },
    places: {
      title: 'Places',
      label: 'Only what applies in one of these',
      other: 'Another place',
      otherNote: 'As documents bear it: “international”, or a country, often as two letters.',
    },
    names: {
      add: 'Add',
      added: (name: string) => `Added: ${name}`,
      empty: 'Write a name first.',
      tooMany: (most: number) => `At most ${most} can be chosen.`,
    },
  },
  asOf: {
    title: 'An older state of the library',
    chosen: (name: string) => `An older state of the library: ${name}`,
    label: 'As the library stood on',
    now: 'As it stands now',
    none: 'There is no older state: the library was published once.',
    number: 'Snapshot',
    numberNote: (published: number | null) =>
      published === null
        ? 'The number that an answer names at its foot. Leave it empty to ask the library as it stands now.'
        : `The number that an answer names at its foot; now it is ${published}. Leave it empty to ask the library as it stands now.`,
    wrong: (published: number | null) =>
      published === null ? 'Write a number from 1.' : `Write a number from 1 to ${published - 1}.`,
    use: 'Ask this state',
    snapshot: (number: number) => `snapshot ${number}`,
    dated: (day: string, number: number) => `${day} (snapshot ${number})`,
    notice: (name: string) => `Answers are from the library as of ${name}, not the current one`,
    noticeDetail: 'What was added, corrected or taken back since then is not seen.',
    back: 'Back to the current library',
    asked: (name: string) => `Asked of the library as of ${name}.`,
  },
};
