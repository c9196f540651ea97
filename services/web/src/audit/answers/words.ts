// An answer in short words: what came of it, what wrote it, who asked.
import { answersFound as say } from '../../strings/answersFound';
import { session } from '../../strings/session';
import type { FoundAnswer } from './calls';

const own = (words: Readonly<Record<string, string>>, name: string): string =>
  Object.hasOwn(words, name) ? (words[name] ?? name) : name;

const FAILED = 'failed: ';

/** As the server names it where answers are counted: too little found by half a search says nothing of the library. */
export const endOf = ({ status, missing }: Pick<FoundAnswer, 'status' | 'missing'>): string | null | undefined =>
  status === 'no_evidence' && missing != null ? 'inconclusive' : status;

/** A newer server may have states that have no words here yet. */
export function statusWord(status: string | null | undefined): string {
  if (status == null) return say.inWork;
  if (status.startsWith(FAILED)) return say.failed(own(say.failures, status.slice(FAILED.length)));
  return own(say.statuses, status);
}

export const roleWord = (role: string): string => own(session.roles, role);

export const statusOptions = [
  ...Object.keys(say.statuses),
  ...Object.keys(say.failures).map((code) => `${FAILED}${code}`),
].map((value) => ({ value, label: statusWord(value) }));

export const verdictOptions = Object.entries(say.verdicts).map(([value, label]) => ({ value, label }));

const SHOWN_HASH = 12;

/** `name@0123456789ab…`: the hash is long, and its beginning tells it from others. */
export function modelWord(model: string | null | undefined): string {
  if (model == null) return say.list.noModel;
  const at = model.lastIndexOf('@');
  const hash = at < 0 ? '' : model.slice(at + 1);
  return hash.length > SHOWN_HASH ? `${model.slice(0, at + 1 + SHOWN_HASH)}…` : model;
}

const SHOWN = 24;

/** The beginning of a pseudonym that is long. */
export const actorWord = (actor: string): string => (actor.length > SHOWN ? `${actor.slice(0, SHOWN / 2)}…` : actor);
