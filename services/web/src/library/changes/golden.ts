// Asking the golden questions, a few at once, of what is published and of what is staged.
import { isAbort } from '../../api/client';
import { Lost, Refused } from '../../api/problem';
import type { StagedAnswers } from '../types';

/** As many as the server is asked at the same time. */
export const AT_ONCE = 2;
/** As the server takes them. */
export const MOST_QUESTIONS = 500;
export const MOST_CHARACTERS = 2000;

/** What came of one question. */
export type Asked = { question: string } & ({ answers: StagedAnswers } | { error: Error });

type Ask = (question: string, signal: AbortSignal) => Promise<StagedAnswers>;

/**
 * Asks one after the other and tells of each. One that fails is told of and passed over; the rest is given up, by an error,
 * when nothing more can come of it: the server is gone, or does not allow it.
 */
export async function askAll(
  questions: readonly string[],
  ask: Ask,
  onAsked: (asked: Asked) => void,
  signal: AbortSignal,
): Promise<void> {
  const waiting = [...questions];
  let failure: unknown = null;
  const work = async () => {
    for (let question = waiting.shift(); question !== undefined; question = waiting.shift()) {
      try {
        const answers = await ask(question, signal);
        if (signal.aborted) return;
        onAsked({ question, answers });
      } catch (error) {
        if (signal.aborted || isAbort(error)) return;
        if (isFinal(error)) {
          failure = error;
          waiting.length = 0;
          return;
        }
        onAsked({ question, error: error instanceof Error ? error : new Error(String(error)) });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (failure !== null) throw failure as Error;
}

const isFinal = (error: unknown): boolean =>
  error instanceof Lost || (error instanceof Refused && (error.needsSignIn || error.isNotAllowed || error.isMissingEndpoint));

export type GoldenFault = { is: 'too_many' } | { is: 'too_long'; line: number };

/** A question a line. */
export function questionsIn(text: string): string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== '');
  return [...new Set(lines)];
}

export const textOf = (questions: readonly string[]): string =>
  questions.map((question) => question.replace(/\s+/g, ' ').trim()).join('\n');

export function faultOf(questions: readonly string[]): GoldenFault | null {
  if (questions.length > MOST_QUESTIONS) return { is: 'too_many' };
  const line = questions.findIndex((question) => [...question].length > MOST_CHARACTERS);
  return line >= 0 ? { is: 'too_long', line: line + 1 } : null;
}
