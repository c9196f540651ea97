// Questions in work: first ones, further ones, stopped, refused and cut off.
import { describe, expect, it, vi } from 'vitest';
import type { AskBody, AskEvent } from '../api/ask';
import { Lost, Refused } from '../api/problem';
import type { ConversationHead, Problem } from '../api/types';
import { empty } from '../patient/patient';
import { answerWith } from '../testing/sample';
import { Desk, type DeskParts, NEW } from './desk';
import { turns } from './turns';

const wishes = { filters: { corpora: [], kinds: [] }, asOf: null, patient: null };
const head: ConversationHead = { id: 'c1', title: null, created_at: '', updated_at: '', turns: 0 };

/** A server whose events are given one by one. */
function setUp(change: Partial<DeskParts> = {}) {
  const bodies: AskBody[] = [];
  const queue: (AskEvent | Error)[] = [];
  let wake: (() => void) | null = null;
  const give = async (...events: (AskEvent | Error)[]) => {
    queue.push(...events);
    wake?.();
    await settle();
  };
  const parts: DeskParts = {
    async *ask(body, signal) {
      bodies.push(body);
      signal.addEventListener('abort', () => wake?.());
      for (;;) {
        signal.throwIfAborted();
        const next = queue.shift();
        if (next instanceof Error) throw next;
        if (next) {
          yield next;
          if (next.kind === 'done') return;
        } else {
          await new Promise<void>((resolve) => (wake = resolve));
        }
      }
    },
    createConversation: () => Promise.resolve(head),
    onConversation: vi.fn(),
    onAnswer: vi.fn(),
    onLost: vi.fn(),
    onRefused: vi.fn(),
    now: () => 0,
    ...change,
  };
  return { desk: new Desk(parts), parts, bodies, give };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
const refusal = (status: number, code: string) =>
  new Refused({ status, code, type: '', title: '', detail: 'no', request_id: 'r' } satisfies Problem);

describe('Desk', () => {
  it('opens a conversation for the first question and asks within it', async () => {
    const { desk, parts, bodies, give } = setUp();
    desk.ask(NEW, 'q1', wishes);
    expect(desk.asked(NEW)).toHaveLength(1);
    await settle();
    expect(parts.onConversation).toHaveBeenCalledWith('c1');
    expect(desk.asked(NEW)).toHaveLength(0);
    expect(bodies[0]).toEqual({ question: 'q1', conversation: 'c1' });
    const answer = answerWith();
    await give({ kind: 'stage', stage: 'retrieve' }, { kind: 'evidence', evidence: answer.evidence });
    expect(desk.asked('c1')[0]).toMatchObject({ stage: 'retrieve', state: 'working' });
    await give({ kind: 'done', answer });
    expect(desk.asked('c1')[0]).toMatchObject({ state: 'answered', answer, evidence: [] });
    expect(parts.onAnswer).toHaveBeenCalledWith('c1', answer);
  });

  it('asks without a conversation where the server keeps none, and tells it what came before', async () => {
    const createConversation = vi.fn(() => Promise.reject(refusal(404, 'not_found')));
    const { desk, bodies, give } = setUp({ createConversation });
    desk.ask(NEW, 'q1', wishes);
    await settle();
    await give({ kind: 'done', answer: answerWith() });
    desk.ask(NEW, 'q2', wishes);
    await settle();
    expect(createConversation).toHaveBeenCalledTimes(1);
    const history = [{ question: answerWith().question, passages: ['p'.repeat(32)] }];
    expect(bodies[1]).toEqual({ question: 'q2', history });
    await give({ kind: 'done', answer: answerWith({ id: 'a2' }) });
    expect(desk.asked(NEW).map((one) => one.answer?.id)).toEqual([answerWith().id, 'a2']);
  });

  it('sends what narrows the question, and the state of the library that is asked', async () => {
    const { desk, bodies } = setUp();
    const filters = { corpora: [], from_year: 2018, to_year: null, full_text_only: true };
    desk.ask('c1', 'q', { ...wishes, filters, asOf: { number: 3, publishedAt: null } });
    await settle();
    expect(bodies[0]).toEqual({
      question: 'q',
      conversation: 'c1',
      filters: { from_year: 2018, full_text_only: true },
      as_of: 3,
    });
  });

  it('sends the patient with the question and nowhere else', async () => {
    const { desk, bodies } = setUp();
    const patient = { ...empty(), egfr: 28 };
    desk.ask('c1', 'q', { ...wishes, patient });
    await settle();
    expect(bodies[0]?.patient).toEqual(patient);
    desk.ask('c2', 'q', wishes);
    await settle();
    expect(bodies[1]).not.toHaveProperty('patient');
  });

  it('stops, keeps the question, and gives way to the next', async () => {
    const { desk, give } = setUp();
    desk.ask('c1', 'q1', wishes);
    await give({ kind: 'stage', stage: 'retrieve' });
    const [asked] = desk.asked('c1');
    desk.stop(asked?.key ?? '');
    await settle();
    expect(desk.asked('c1')[0]).toMatchObject({ state: 'stopped', question: 'q1' });
    desk.ask('c1', 'q1 again', wishes);
    expect(desk.asked('c1').map((one) => one.question)).toEqual(['q1 again']);
  });

  it('keeps the question of what was cut off, and tells that the server was lost', async () => {
    const { desk, parts, give } = setUp();
    desk.ask('c1', 'q1', wishes);
    await give({ kind: 'evidence', evidence: answerWith().evidence }, new Lost());
    expect(desk.asked('c1')[0]).toMatchObject({ state: 'failed', question: 'q1' });
    expect(parts.onLost).toHaveBeenCalledTimes(1);
  });

  it('keeps a refusal with its words', async () => {
    const { desk, parts, give } = setUp();
    desk.ask('c1', 'q1', wishes);
    await settle();
    const error = refusal(422, 'bad_question');
    await give(error);
    expect(desk.asked('c1')[0]).toMatchObject({ state: 'failed', error });
    expect(parts.onLost).not.toHaveBeenCalled();
  });
});

describe('turns', () => {
  it('shows an answer once that both the server and this page have, in the order of time', async () => {
    const { desk, give } = setUp();
    const [first, second, third] = ['01', '02', '03'].map((id) => answerWith({ id }));
    desk.ask('c1', 'q', wishes);
    await settle();
    if (!first || !second || !third) throw new Error('three answers');
    await give({ kind: 'done', answer: second });
    desk.ask('c1', 'q', wishes);
    const shown = turns([first, second, third], desk.asked('c1'));
    expect(shown.map((turn) => (turn.kind === 'answer' ? turn.answer.id : turn.kind))).toEqual(['01', '02', '03', 'asked']);
    expect(new Set(shown.map((turn) => turn.key)).size).toBe(4);
  });
});
