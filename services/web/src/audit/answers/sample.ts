// Answers as the audit finds them, and what the program itself recorded of one, for tests.
import { readFileSync } from 'node:fs';
import type { Answer } from '../../api/types';
import type { Receipt } from '../proof/receipt';
import type { AnswerRecord, FoundAnswer, Replay } from './calls';

export const foundAnswer = (n: number, change: Partial<FoundAnswer> = {}): FoundAnswer => ({
  n,
  id: `answer-${n}`,
  asked_at: '2026-11-22T10:00:31Z',
  actor: 'b6a04c34-5d3c-4d0e-9b3a-2f1f6f7a9c11',
  role: 'clinician',
  status: 'answered',
  mode: 'quoting',
  snapshot: 7,
  model: `writer@${'ab'.repeat(32)}`,
  worst: 'partial',
  statements: 4,
  supported: 3,
  question: `Question ${n}?`,
  held: false,
  missing: null,
  ...change,
});

interface Recorded {
  record: { reply: AnswerRecord };
  replay: { reply: Replay };
  receipt: { reply: Receipt };
}

const file = new URL('../../../../server/src/http/examples.json', `file://${import.meta.filename}`);
const examples = JSON.parse(readFileSync(file, 'utf8')) as Recorded;

export const record = examples.record.reply;
export const replay = examples.replay.reply;
export const receipt = examples.receipt.reply;
/** The answer whose receipt it is. */
export const answer = JSON.parse(receipt.given.opened?.['answer']?.words ?? '') as Answer;
