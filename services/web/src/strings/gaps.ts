// Words of what people look for and the corpora do not hold.
import type { GapState } from '../library/types';

const n = (of: number) => of.toLocaleString('en');
const times = (of: number) => (of === 1 ? 'asked once' : `asked ${n(of)} times`);
const tickets = (of: number) => (of === 1 ? '1 gap' : `${n(of)} gaps`);

const states: Record<GapState, string> = { open: 'Open', filled: 'Filled', declined: 'Declined' };

export const gaps = {
  title: 'Gaps',
  lead:
    'Questions that found too little evidence, those alike taken together, the most asked first. Each open one is asked again ' +
    'after every publication, and is filled when it is answered.',
  mayNot: 'Declining needs the role of a librarian.',
  states,
  statesLabel: 'State',
  find: 'Find in these questions',
  found: (of: number, all: number) => `${n(of)} of ${tickets(all)}`,
  all: (of: number) => tickets(of),
  export: (state: string) => `Export as CSV: ${state.toLowerCase()}`,
  list: (state: string) => `Gaps: ${state.toLowerCase()}`,
  loading: 'Reading the gaps…',
  failed: 'The gaps could not be read.',
  empty: { open: 'No gap is open', filled: 'No gap was filled yet', declined: 'No gap was declined' } satisfies Record<GapState, string>,
  emptyDetail: {
    open: 'Every question that was asked found evidence, or its gap was filled or declined.',
    filled: 'Gaps are filled by publishing documents that answer them.',
    declined: 'What is declined stays here, with who declined it and why.',
  } satisfies Record<GapState, string>,
  nothingFound: 'None of these has these words',
  number: (of: number) => `Gap ${n(of)}`,
  times,
  span: { first: 'first', last: 'last' },
  alike: (of: number) => (of === 1 ? '1 question alike' : `${n(of)} questions alike`),
  filled: (snapshot: number) => `Filled by snapshot ${n(snapshot)}`,
  filledUnknown: 'Filled',
  declined: (name: string) => `Declined by ${name},`,
  opened: (name: string) => `Last changed by ${name},`,
  note: (words: string) => `“${words}”`,
  decline: {
    open: 'Decline',
    name: (of: number) => `Decline gap ${n(of)}`,
    title: 'Decline this gap?',
    detail: 'It is not asked again after publications and is not counted as open. It can be opened again.',
    note: 'Note',
    missing: 'Say why the corpora are not to answer this.',
    act: 'Decline',
    acting: 'Declining…',
    failed: 'It was not declined',
    done: (question: string) => `Declined: “${question}”.`,
  },
  reopen: {
    open: 'Open again',
    name: (of: number) => `Open again: gap ${n(of)}`,
    title: 'Open this gap again?',
    detail: 'It counts as open, and is asked again after the next publication.',
    note: 'Note',
    missing: 'Say why it is opened again.',
    act: 'Open again',
    acting: 'Opening…',
    failed: 'It was not opened',
    done: (question: string) => `Opened again: “${question}”.`,
  },
  pages: 'Pages',
  previous: 'Previous page',
  next: 'Next page',
  page: (from: number, to: number, of: number) => `${n(from)} to ${n(to)} of ${n(of)}`,
};
