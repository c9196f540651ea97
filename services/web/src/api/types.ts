// The names under which the pages know what the server sends.
import type { components } from './schema';

type Schemas = components['schemas'];

/**
 * As the server sends it: with every key, null where a thing is absent. The description calls each key optional that may be
 * null. Only the policy of a corpus leaves keys out.
 */
export type Whole<T> = T extends readonly (infer Each)[]
  ? Whole<Each>[]
  : T extends Policy
    ? Policy & Whole<Omit<T, keyof Policy>>
    : T extends object
      ? { [Key in keyof T]-?: Whole<T[Key]> }
      : T;

export type Policy = Schemas['Corpus'];

export type Answer = Schemas['Answer'];
export type AnswerStatus = Schemas['AnswerStatus'];
export type Statement = Schemas['Statement'];
export type Citation = Schemas['Citation'];
export type Evidence = Schemas['Evidence'];
export type Conflict = Schemas['Conflict'];
export type Position = Schemas['Position'];
export type Unknown = Schemas['Unknown'];
export type Verdict = Schemas['Verdict'];
export type Mode = Schemas['Mode'];
export type Kind = Schemas['Kind'];
export type Patient = Schemas['Patient'];
export type DocumentRef = Schemas['DocumentRef'];
export type DocumentView = Schemas['DocumentView'];
/** A document as it came, with the checksum that this browser made of its text; null where it could not. */
export type HeldDocument = DocumentView & { digest: string | null };
export type DocumentStatus = DocumentRef['status'];
export type Access = Schemas['Access'];
export type Block = Schemas['Block'];
export type Section = Schemas['Section'];
export type PlainAnswer = Schemas['PlainAnswer'];
export type Problem = Schemas['Problem'];
export type Turn = Schemas['Turn'];
export type Population = Schemas['Population'];
/** What is absent does not narrow. */
export type Filters = Partial<Schemas['Filters']>;

export type Corpus = Schemas['HeldCorpus'];
export type ConversationHead = Schemas['Conversation'];
export type ConversationPage = Schemas['Conversations'];
export type Conversation = Schemas['WholeConversation'];
export type Differential = Schemas['DifferentialAnswer'];
export type DifferentialCondition = Schemas['Condition'];
export type DifferentialLine = Schemas['Line'];
export type FeedbackReceipt = Schemas['Received'];
export type ModelInUse = Schemas['ModelInUse'];
export type Figure = Schemas['Figure'];
export type About = Schemas['About'];
export type FeedbackReport = Required<Schemas['FeedbackRequest']>;
