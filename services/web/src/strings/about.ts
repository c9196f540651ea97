// Words of the pages about the service and its API.
export const about = {
  title: 'About Osler',
  loading: 'Reading what this server says of itself…',
  failed: 'What this server says of itself could not be read.',
  retry: 'Try again',
  version: (name: string, version: string) => `${name} ${version}`,
  headings: {
    use: 'Intended use',
    users: 'Intended users',
    notFor: 'Not for',
    models: 'Models in use',
    corpora: 'Corpora in use',
    figures: 'Measured figures',
    history: 'What is kept',
    model: 'Model card and labelling',
    api: 'For programs',
    licences: 'Software in these pages',
  },
  modes: {
    quoting: 'Answers are sentences of the sources. A model chose which.',
    synthesis: 'A model writes the statements. Each comes with the quotes it rests on and is checked against them.',
    extractive: 'Answers are sentences of the sources. A score chose which; no model writes.',
  } as Readonly<Record<string, string>>,
  roles: {
    embedder: 'Embedder: finds passages by meaning',
    generator: 'Generator: chooses or writes the statements',
    onnx_runtime: 'Runtime: runs the embedder',
  } as Readonly<Record<string, string>>,
  noModels: 'No model is in use.',
  revision: 'Revision',
  licence: 'Licence',
  sha256: 'SHA-256 of its weights',
  notStated: 'not stated',
  snapshot: (n: string) => `Snapshot ${n} of the corpora is searched. Each answer names the snapshot it was made from.`,
  noCorpora: 'No corpus is loaded: nothing can be answered.',
  issuer: 'Issuer',
  jurisdiction: 'Jurisdiction',
  language: 'Language',
  holds: 'Holds',
  counts: (documents: string, passages: string) => `${documents} documents, ${passages} passages`,
  figures: {
    intro:
      'Each figure comes from a run on the day named and is printed by the command named. It holds for that corpus, mode ' +
      'and model, and for no other.',
    none: 'No figures come with this build. The commands of “osler eval” print them.',
    metric: 'What was measured',
    value: 'Figure',
    of: 'Of',
    less: 'less is better',
    noCount: '–',
    command: 'Printed by',
    corpus: 'Corpus',
    mode: 'Mode',
    model: 'Model',
    noModel: 'no model',
    measured: 'Measured on',
  },
  /** What each suite asks, for readers who have not run it. */
  suites: {
    grounding: {
      title: 'Checking statements',
      words:
        'Sentences of real sources, changed to say something else (“mutants”): how many does the check catch? ' +
        'A false alarm is a rewording that says the same and is caught all the same.',
    },
    abstention: {
      title: 'Saying nothing',
      words:
        'Questions that the corpus answers and questions that it does not: does the service keep silent when it should, ' +
        'and only then?',
    },
    answers: {
      title: 'Answers',
      words: 'Questions whose answer stands in the corpus: is the sentence that answers them among the statements?',
    },
    injection: {
      title: 'Orders hidden in documents',
      words: 'Documents that try to give the service orders: does any of them change an answer?',
    },
    unknowns: {
      title: 'What a question left out',
      words:
        'Questions without an age, a weight or the like on which the answer depends: does the answer say so?',
    },
    decisions: {
      title: 'Disagreement, scope and urgency',
      words: 'Are sources that disagree, questions out of scope and time-critical questions seen as what they are?',
    },
  } as Readonly<Record<string, { title: string; words: string }>>,
  history: {
    record: 'Each question and its answer are on the audit record of this hospital.',
    forever: 'Your list of conversations is kept until deleted.',
    days: (n: number) =>
      n === 1
        ? 'A conversation is kept for 1 day after its last use.'
        : `A conversation is kept for ${n} days after its last use.`,
    mayDelete: 'You may delete your conversations. The audit record stays for as long as this hospital’s policy says.',
    mayNot: 'This hospital’s policy does not let conversations be deleted here.',
    patient: 'A patient’s context is sent with a question and not stored: not in an index, a record or a log.',
  },
  model: {
    words: 'What 45 CFR 170.315(b)(11)(iv) asks to be said of decision support, in plain words and with measured figures:',
    link: 'Model card and labelling',
  },
  api: {
    words: 'Everything these pages do, other programs can do.',
    link: 'API reference',
    description: 'The same as a file: OpenAPI 3.1',
  },
  licences: {
    words: 'These pages are built with the following packages.',
    list: (n: number) => `${n} packages`,
    package: 'Package',
    version: 'Version',
    licence: 'Licence',
    texts: 'Texts of their licences',
  },
};

export const apiReference = {
  title: 'API reference',
  back: 'About Osler',
  loading: 'Reading the description of the API…',
  failed: 'The description of the API could not be read.',
  unreadable: 'What the server sent is no description of an API.',
  retry: 'Try again',
  file: 'openapi.json',
  contents: 'Operations',
  schemas: 'Schemas',
  other: 'Other',
  linkTo: (what: string) => `Link to ${what}`,
  parameters: 'Parameters',
  body: 'Request body',
  responses: 'Responses',
  example: 'Example',
  required: 'required',
  optional: 'optional',
  in: { path: 'in the path', query: 'in the query', header: 'in a header', cookie: 'in a cookie' } as Readonly<
    Record<string, string>
  >,
  list: 'list of',
  or: ' or ',
  anything: 'anything',
  between: (least: string, most: string) => `${least} to ${most}`,
  least: (least: string) => `at least ${least}`,
  most: (most: string) => `at most ${most}`,
  characters: (most: string) => `at most ${most} characters`,
  byDefault: (value: string) => `default ${value}`,
};
