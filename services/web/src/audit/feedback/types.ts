// The names under which the pages know what readers said, and what became of their reports.
import type { components } from '../../api/schema';
import type { Whole } from '../../api/types';

type Schemas = components['schemas'];

export type Feedback = Whole<Schemas['Feedback']>;
export type FeedbackList = Whole<Schemas['AllFeedback']>;
export type Kind = Schemas['FeedbackKind'];

export type Handling = Whole<Schemas['Handling']>;
export type HandlingState = Schemas['HandlingState'];
export type HandlingOutcome = Schemas['HandlingOutcome'];
export type HandlingChange = Schemas['HandlingRequest'];
export type Move = Whole<Schemas['Move']>;
