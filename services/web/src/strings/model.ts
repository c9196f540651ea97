// Words of the page with the model card and the labelling.
export const model = {
  title: 'Model card and labelling',
  back: 'About Osler',
  lead: 'What this installation is for, what runs in it, how well that did when it was measured, and where it ends.',
  source:
    'The server makes both from its configuration, its models, its corpora and measured runs. Nobody has typed them in, and nobody ' +
    'can change them here.',
  loading: 'Reading what the server says of itself…',
  failedLabel: 'The labelling could not be read.',
  failedCard: 'The model card could not be read.',
  retry: 'Try again',
  files: 'The same as files',
  cardFile: 'Model card (JSON)',
  labelFile: 'Labelling (JSON)',
  label: {
    title: 'Labelling',
    use: 'Intended use',
    role: 'Part in a decision',
    users: 'Intended users',
    patients: 'Patients',
    notFor: 'Not for',
    limits: 'Known limits',
    runs: 'What runs',
    program: 'Program',
    hash: 'SHA-256 of the labelling',
    hashNote: 'The audit log has this hash from when the labelling became what it is.',
    prompt: 'SHA-256 of what models are told',
    noHash: 'not known',
    models: 'Models',
    noModels: 'No model is named.',
    modelColumns: ['Model', 'What it does', 'Revision', 'Licence', 'SHA-256'],
    roles: {
      embedder: 'Finds passages by meaning',
      generator: 'Chooses or writes statements',
      judge: 'Judges statements',
      reranker: 'Orders passages',
    } as Readonly<Record<string, string>>,
    settings: 'Settings that bear on answers',
    settingColumns: ['Setting', 'Value'],
    corpora: 'Corpora',
    snapshot: (n: string, day: string | null) =>
      day === null ? 'Nothing has been published yet.' : `Snapshot ${n} is searched, published on ${day}.`,
    noCorpora: 'No corpus is loaded: nothing can be answered.',
    corpusColumns: ['Corpus', 'Issuer', 'Where it applies', 'Documents', 'Passages', 'Published'],
    from: (oldest: string, newest: string) => (oldest === newest ? oldest : `${oldest} to ${newest}`),
    undated: 'no dates',
    validation: 'What was measured',
  },
  card: {
    title: 'Model card',
    lead: (rule: string) => `The source attributes that ${rule} asks for, in plain words.`,
    count: (all: number, missing: number) =>
      missing === 0
        ? `All ${all} attributes are answered.`
        : `${all - missing} of ${all} attributes are answered. For the other ${missing} there is the reason why not, and what can ` +
          'be done about it.',
    version: 'Version',
    versionNote: 'Another model, prompt, corpus policy or setting makes another version.',
    groups: 'Groups of attributes',
    kinds: { evidence_based: 'Evidence-based', predictive: 'Predictive' } as Readonly<Record<string, string>>,
    missing: 'Not available',
    missingCount: (n: number) => (n === 1 ? '1 not available' : `${n} not available`),
  },
  measured: {
    title: (n: number) => (n === 1 ? '1 measured figure' : `${n} measured figures`),
    elsewhere: (n: number) =>
      `${n === 1 ? 'One of them was' : `${n} of them were`} measured with other models or settings than run here. They say what is ` +
      'possible, not what is.',
    columns: ['What was measured', 'Figure', 'Here'],
    here: { yes: 'holds', no: 'measured otherwise' },
    run: (run: string, date: string) => `Run ${run}, ${date}`,
    review: (run: string, date: string) => `Review ${run}, signed on ${date}`,
    data: (data: string) => `On: ${data}`,
    command: 'Printed by',
    document: 'Written in',
  },
};
