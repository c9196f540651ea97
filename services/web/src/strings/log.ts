// Words of the log: how it stands, its entries, and bundles of it.

const entries = (n: string) => (n === '1' ? '1 entry' : `${n} entries`);

export const log = {
  title: 'Log',
  lead:
    'Everything that is asked, answered and decided here is an entry in a log that only grows. Whoever has kept a checkpoint of ' +
    'it can show that nothing before was changed.',
  loading: 'Reading how the log stands…',
  failed: 'How the log stands could not be read.',
  retry: 'Try again',
  health: {
    well: { title: 'All is well', detail: 'The log can be written to, and every witness has signed.' },
    alone: {
      title: 'The log is well, and nobody outside watches it',
      detail:
        'It can be written to. No witness is set up, so keep a checkpoint elsewhere from time to time: with it, it can be shown ' +
        'that the log has only grown.',
    },
    silent: {
      title: 'Not every witness has signed',
      detail: 'The log can be written to. See below which witness could not be reached, and why.',
    },
    shut: {
      title: 'The log cannot be written to',
      detail: 'Nothing is answered as long as it is so. Whoever runs this server has to look at its disk and its messages.',
    },
    alarm: {
      title: 'A witness says that this log shows two histories, or has gone back',
      detail:
        'Nothing is answered as long as it is so. Change nothing on the server, take a bundle, and tell those who audit this ' +
        'hospital.',
    },
  },
  facts: {
    heading: 'How it stands',
    name: 'Name',
    size: 'Size',
    sizeOf: entries,
    kept: 'Words are kept',
    keptOf: (days: string) => `for ${days} days at least, then they can be destroyed; entries stay`,
    published: 'Last publication',
    publishedOf: (snapshot: string, time: string) => `Snapshot ${snapshot}, ${time}`,
    rolledBackOf: (snapshot: string, time: string) => `Back to snapshot ${snapshot}, ${time}`,
    unpublished: 'Nothing has been published yet',
    unread: 'It could not be read.',
    entry: (seq: string) => `entry ${seq}`,
  },
  keys: {
    heading: (n: number) => (n === 1 ? 'Its key' : 'Its keys'),
    lead:
      'Note name and fingerprint on paper, away from this server. Whoever checks a bundle later gives the key to the program, and ' +
      'compares it with what you noted: only so is it known that the bundle is from here.',
    name: 'Name',
    id: 'Key id',
    fingerprint: 'Fingerprint',
    fingerprintNote: 'SHA-256 of the text of the key, as it stands below.',
    noFingerprint: 'Only made where the page came over https. Note the whole key.',
    key: 'The key',
  },
  checkpoint: {
    heading: 'The newest checkpoint',
    lead:
      'Name, size and root of the log, signed. Keep one elsewhere: with --since, a bundle that is taken later is held against it.',
    label: 'the newest checkpoint',
    save: 'Save as a file',
    cosigned: 'The newest that witnesses signed',
    cosignedLabel: 'the newest checkpoint that witnesses signed',
    address: 'Programs read it at',
  },
  witnesses: {
    heading: 'Witnesses',
    none: 'None is set up.',
    table: 'Witnesses of the log',
    columns: { name: 'Name', state: 'State', size: 'Signed last', time: 'When', url: 'Where' },
    alarm: 'Alarm',
    well: 'Signed',
    waiting: 'Not reached yet',
    trouble: 'Did not sign',
    never: 'Nothing since the service began',
    unknown: 'Not known',
  },
  entries: {
    heading: 'Entries',
    loading: 'Reading entries…',
    failed: 'The entries could not be read.',
    retry: 'Try again',
    none: 'No entries',
    noneDetail: 'None of these actions, or by this actor.',
    list: 'Entries, the latest first',
    form: {
      label: 'Which entries',
      action: 'Action begins with',
      actionNote: 'As in answer.given, session. or corpus.',
      actor: 'Actor',
      actorNote: 'A pseudonym, as it stands in the entries.',
      submit: 'Filter',
      all: 'All entries',
    },
    line: (seq: string, time: string) => `${seq} · ${time}`,
    by: (actor: string, role: string) => `by ${actor} as ${role}`,
    answer: 'The record of the answer',
    sameAction: (action: string) => `All ${action}`,
    sameActor: 'All by this actor',
    pages: 'Stretches of the entries',
    latest: 'The latest',
    older: 'Older',
  },
  bundle: {
    heading: 'Take a bundle',
    lead:
      'The whole log, the receipts of the answers of some days, and the texts that these cite, as one file. It can be checked on ' +
      'any machine, without this server and without a network. Words that were destroyed are not in it, and that it was taken is ' +
      'put on record.',
    label: 'Answers of which days',
    from: 'From',
    to: 'Up to and with',
    utc: 'Days are those of UTC.',
    submit: 'Take a bundle',
    stop: 'Stop',
    finding: (n: string) => `Looking for answers: ${n} so far`,
    packing: 'The bundle is being put together…',
    loading: (mb: string) => `Receiving: ${mb} MB`,
    errors: {
      from: 'Enter the first day.',
      to: 'Enter the last day.',
      order: 'The last day is before the first.',
    },
    failed: 'The bundle could not be taken.',
    tooMany: (most: string) => `These days have more than ${most} answers, the most that a bundle takes. Choose fewer days.`,
    done: (name: string) => `${name} has been saved`,
    doneDetail: (n: string) => (n === '1' ? 'It has the receipt of 1 answer.' : `It has the receipts of ${n} answers.`),
    without: (n: string) =>
      (n === '1' ? '1 question has no receipt' : `${n} questions have no receipt`) +
      ': the words were destroyed, or there is no answer.',
    unsigned: (names: string) => `Not signed by ${names}: the page of the log says why.`,
    verify:
      'Check it with the program osler, on any machine. It says what holds and what does not. Give it the key that you noted: ' +
      'without it, it is only known that nothing was changed after it was signed, and not by whom.',
    command: 'the command that checks it',
  },
};
