// Words of the first screen and of the field for questions.
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
  },
};
