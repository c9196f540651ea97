// The recorded answers, untouched, in an envelope that says what they are.
import type { Answer } from '../api/types';
import { exporting as say } from '../strings/export';
import type { About } from './markdown';

export function json(answers: readonly Answer[], { title, exportedAt }: About): string {
  const envelope = { ai_generated: true, disclosure: say.disclosure, title, exported_at: exportedAt, answers };
  return `${JSON.stringify(envelope, null, 2)}\n`;
}
