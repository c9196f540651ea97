// A policy as it is being written, and what of it is refused before it is sent.
import { policies } from '../../strings/policies';
import { countPoints } from '../../text/points';
import type { Kind, Policy } from '../types';

const say = policies.form.faults;

export const rights = ['index', 'display', 'export'] as const;
export type Right = (typeof rights)[number];

export interface Draft {
  id: string;
  title: string;
  issuer: string;
  kind: Kind | null;
  licence: string;
  rights: readonly Right[];
  quoteWords: string;
  expires: string;
  jurisdiction: string;
  language: string;
  evidence: string;
  reason: string;
}

/** `nothing`: it is what is in force. */
export type Faults = Partial<Record<keyof Draft | 'nothing', string>>;

/** As the server takes them. */
const MAX_TEXT = 200;
const MAX_REASON = 2000;

export const emptyDraft: Draft = {
  id: '', title: '', issuer: '', kind: null, licence: '', rights: [], quoteWords: '', expires: '', jurisdiction: '', language: '',
  evidence: '', reason: '',
};

export function draftOf(policy: Policy): Draft {
  const { id, title, issuer, kind, licence, jurisdiction, language } = policy;
  return {
    ...{ id, title, issuer, kind, licence, jurisdiction, language },
    rights: rights.filter((right) => policy.rights[right]),
    quoteWords: String(policy.rights.quote_words ?? ''),
    expires: policy.rights.expires ?? '',
    evidence: policy.evidence_level ?? '',
    reason: '',
  };
}

/** Null as long as it is none: something is missing, or is not what it has to be. */
export function policyOf(draft: Draft): Policy | null {
  const { kind } = draft;
  if (kind === null || Object.keys(faultsOfPolicy(draft)).length > 0) return null;
  const [words, expires, evidence] = [draft.quoteWords.trim(), draft.expires.trim(), draft.evidence.trim()];
  // What is not stated is left out, as in a manifest.
  return {
    id: draft.id.trim(),
    title: draft.title.trim(),
    issuer: draft.issuer.trim(),
    kind,
    licence: draft.licence.trim(),
    rights: {
      index: draft.rights.includes('index'),
      ...(words === '' ? {} : { quote_words: Number(words) }),
      display: draft.rights.includes('display'),
      export: draft.rights.includes('export'),
      ...(expires === '' ? {} : { expires }),
    },
    jurisdiction: draft.jurisdiction.trim(),
    language: draft.language.trim(),
    ...(evidence === '' ? {} : { evidence_level: evidence }),
  };
}

/** `taken` are the short names that there are; none of a corpus that is there already. */
export function faultsIn(draft: Draft, taken: readonly string[]): Faults {
  const faults = faultsOfPolicy(draft);
  if (taken.includes(draft.id.trim())) faults.id = say.idTaken;
  const reason = draft.reason.trim();
  if (reason === '') faults.reason = say.reason;
  if (countPoints(reason) > MAX_REASON) faults.reason = say.long(MAX_REASON);
  return faults;
}

function faultsOfPolicy(draft: Draft): Faults {
  const faults: Faults = {};
  if (!/^[a-z\d][a-z\d_-]{0,63}$/.test(draft.id.trim())) faults.id = say.id;
  for (const field of ['title', 'issuer', 'licence', 'jurisdiction', 'evidence'] as const) {
    const text = draft[field].trim();
    if (text === '' && field !== 'evidence') faults[field] = say.empty;
    if (countPoints(text) > MAX_TEXT) faults[field] = say.long(MAX_TEXT);
    if (/\p{Cc}/u.test(text)) faults[field] = say.control;
  }
  if (draft.kind === null) faults.kind = say.kind;
  const [words, expires, language] = [draft.quoteWords.trim(), draft.expires.trim(), draft.language.trim()];
  if (words !== '' && !/^[1-9]\d{0,8}$/.test(words)) faults.quoteWords = say.quoteWords;
  if (expires !== '' && !isDate(expires)) faults.expires = say.expires;
  if (!isLanguageTag(language)) faults.language = language === '' ? say.empty : say.language;
  return faults;
}

/** A year, a month or a day that there is. */
function isDate(text: string): boolean {
  if (!/^\d{4}(-\d{2}(-\d{2})?)?$/.test(text)) return false;
  const ms = Date.parse(text);
  // The 30th of February is read as the 2nd of March.
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}

/** A language, and what narrows it down. */
const isLanguageTag = (text: string): boolean => /^[a-z]{2,8}(-[a-z\d]{1,8})*$/i.test(text);
