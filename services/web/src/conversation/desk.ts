// The questions in work. They outlive the page that asked them, so that reading elsewhere stops nothing.
import type { AskBody, AskEvent, Stage } from '../api/ask';
import { Lost, Refused } from '../api/problem';
import type { Answer, ConversationHead, Evidence, Filters, Statement, Turn } from '../api/types';
import { type AsOf, narrowing } from '../ask/filters';
import type { PatientContext } from '../patient/patient';

/** Where a question is asked: a conversation's id, or here before there is one. */
export const NEW = 'new';

export interface Wishes {
  filters: Filters;
  asOf: AsOf | null;
  patient: PatientContext | null;
}

export interface Asked {
  key: string;
  question: string;
  /** Kept in memory, for asking again and for saying what was known. */
  wishes: Wishes;
  startedAt: number;
  state: 'working' | 'answered' | 'stopped' | 'failed';
  stage: Stage | null;
  /** What has come in; replaced by the answer when it is whole. */
  evidence: Evidence[];
  statements: Statement[];
  answer: Answer | null;
  error: unknown;
}

export interface DeskParts {
  ask: (body: AskBody, signal: AbortSignal) => AsyncIterable<AskEvent>;
  createConversation: () => Promise<ConversationHead>;
  /** The first question of `NEW` has got its conversation. */
  onConversation: (id: string) => void;
  onAnswer: (room: string, answer: Answer) => void;
  onLost: () => void;
  /** The server said no to a question in a room. */
  onRefused: (error: Refused, room: string, asked: Pick<Asked, 'key' | 'question'>) => void;
  now: () => number;
}

const none: readonly Asked[] = [];

export class Desk {
  readonly #parts: DeskParts;
  readonly #rooms = new Map<string, readonly Asked[]>();
  readonly #running = new Map<string, AbortController>();
  readonly #listeners = new Set<() => void>();
  #keys = 0;

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** What was asked in a room since the page was loaded, oldest first. The same list until something changes. */
  readonly asked = (room: string): readonly Asked[] => this.#rooms.get(room) ?? none;

  readonly isWorking = (room: string): boolean => this.asked(room).some((one) => one.state === 'working');

  ask(room: string, question: string, wishes: Wishes): void {
    const asked: Asked = {
      key: `asked-${++this.#keys}`,
      question,
      wishes,
      startedAt: this.#parts.now(),
      state: 'working',
      stage: null,
      evidence: [],
      statements: [],
      answer: null,
      error: null,
    };
    // What failed or was stopped makes way: its question has been asked again, or another in its place.
    const before = this.asked(room).filter((one) => one.state === 'working' || one.state === 'answered');
    this.#set(room, [...before, asked]);
    void this.#run(room, asked);
  }

  stop(key: string): void {
    this.#running.get(key)?.abort();
  }

  /** Takes away what failed or was stopped. */
  dismiss(key: string): void {
    for (const [room, asked] of this.#rooms) {
      const kept = asked.filter((one) => one.key !== key || one.state === 'working');
      if (kept.length !== asked.length) this.#set(room, kept);
    }
  }

  /** Starts anew where the server keeps no conversations. */
  clear(room: string): void {
    for (const one of this.asked(room)) this.stop(one.key);
    this.#set(room, none);
  }

  /** Stops and lets go of everything. */
  forget(): void {
    for (const running of this.#running.values()) running.abort();
    for (const room of [...this.#rooms.keys()]) this.#set(room, none);
  }

  async #run(room: string, { key, question, wishes }: Asked): Promise<void> {
    const running = new AbortController();
    this.#running.set(key, running);
    try {
      const conversation = room === NEW ? await this.#open(key) : room;
      running.signal.throwIfAborted();
      const body: AskBody = { question };
      const filters = narrowing(wishes.filters);
      if (filters) body.filters = filters;
      if (wishes.asOf) body.as_of = wishes.asOf.number;
      if (wishes.patient) body.patient = wishes.patient;
      if (conversation === null) body.history = this.#history();
      else body.conversation = conversation;
      for await (const event of this.#parts.ask(body, running.signal)) this.#take(key, event);
    } catch (error) {
      const failed = this.#change(key, running.signal.aborted ? { state: 'stopped' } : { state: 'failed', error });
      if (error instanceof Lost) this.#parts.onLost();
      if (failed === null || running.signal.aborted) return;
      if (error instanceof Refused) this.#parts.onRefused(error, failed, { key, question });
    } finally {
      this.#running.delete(key);
    }
  }

  /** Opens a conversation for the first question; null where the server keeps none. */
  async #open(key: string): Promise<string | null> {
    if (this.asked(NEW).some((one) => one.state === 'answered')) return null;
    try {
      const { id } = await this.#parts.createConversation();
      const moved = this.asked(NEW).filter((one) => one.key === key);
      this.#rooms.set(id, moved);
      this.#set(NEW, none);
      // Stopped in the meantime: the reader stays, and sees it there.
      this.#parts.onConversation(id);
      return id;
    } catch (error) {
      if (error instanceof Refused && error.isMissingEndpoint) return null;
      throw error;
    }
  }

  #history(): Turn[] {
    const answers = this.asked(NEW).flatMap((one) => one.answer ?? []);
    return answers.map(({ question, statements, evidence }) => {
      const cited = new Set(statements.flatMap((statement) => statement.citations.map((citation) => citation.evidence)));
      const passages = evidence.filter((one) => cited.has(one.id)).map((one) => one.passage);
      return { question, passages: [...new Set(passages)] };
    });
  }

  #take(key: string, event: AskEvent): void {
    switch (event.kind) {
      case 'stage':
        this.#change(key, { stage: event.stage });
        break;
      case 'evidence':
        this.#change(key, { evidence: event.evidence });
        break;
      case 'statement':
        this.#change(key, (asked) => ({ statements: [...asked.statements, event.statement] }));
        break;
      case 'done': {
        const room = this.#change(key, { state: 'answered', answer: event.answer, evidence: [], statements: [] });
        if (room !== null) this.#parts.onAnswer(room, event.answer);
      }
    }
  }

  #change(key: string, change: Partial<Asked> | ((asked: Asked) => Partial<Asked>)): string | null {
    for (const [room, list] of this.#rooms) {
      if (!list.some((one) => one.key === key)) continue;
      const changed = (one: Asked) => ({ ...one, ...(typeof change === 'function' ? change(one) : change) });
      this.#set(room, list.map((one) => (one.key === key ? changed(one) : one)));
      return room;
    }
    return null;
  }

  #set(room: string, asked: readonly Asked[]): void {
    this.#rooms.set(room, asked);
    for (const listener of this.#listeners) listener();
  }
}
