// What the field calls things: kinds of literature, standing, verdicts.
import type { Access, Conflict, DocumentStatus, Kind, Unknown, Verdict } from '../api/types';

const kinds: Record<Kind, string> = {
  guideline: 'Guideline',
  case_literature: 'Case literature',
  trial: 'Trial',
  review: 'Review',
  drug_label: 'Drug label',
  local_policy: 'Local policy',
};

const statuses: Record<DocumentStatus, string> = {
  current: 'In force',
  superseded: 'Superseded',
  retracted: 'Retracted',
  expression_of_concern: 'Expression of concern',
  corrected: 'Corrected',
  withdrawn: 'Withdrawn',
  expired: 'Expired',
};

const notInForce = 'Not in force';

const access: Record<Access, string> = {
  full_text: 'Full text held',
  abstract_only: 'Abstract only: the full text is not held',
};

const verdicts: Record<Verdict, { word: string; meaning: string }> = {
  supported: { word: 'Supported', meaning: 'The quote bears the statement out.' },
  partial: { word: 'Partly supported', meaning: 'The quote bears out a part of the statement.' },
  unverifiable: { word: 'Not verifiable', meaning: 'It could not be decided whether the quote bears the statement out.' },
  unsupported: { word: 'Not supported', meaning: 'The quote does not bear the statement out.' },
  contradicted: { word: 'Contradicted', meaning: 'The quote says otherwise.' },
};

const facets: Record<Conflict['facet'], string> = {
  structure: 'structure',
  quote: 'wording',
  amount: 'the amount',
  number: 'a number',
  frequency: 'how often',
  route: 'the route',
  drug: 'the drug',
  population: 'for whom',
  polarity: 'whether to',
  strength: 'how strongly',
  certainty: 'how certain',
  direction: 'the direction',
  time: 'the time',
  attribution: 'who says it',
  wording: 'wording',
  entailment: 'what follows from the words',
};

const factors: Record<Unknown['factor'], string> = {
  age: 'Age',
  weight: 'Body weight',
  pregnancy: 'Pregnancy',
  renal_function: 'Renal function',
  hepatic_function: 'Hepatic function',
  allergies: 'Allergies',
  current_medicines: 'Current medicines',
  severity: 'Severity',
};

export const literature = { kinds, statuses, notInForce, access, verdicts, facets, factors };
