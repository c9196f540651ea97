// Words of feedback and of reports of a risk to safety.
import type { FeedbackReport } from '../api/types';

const kinds: Record<Exclude<FeedbackReport['kind'], 'safety'>, string> = {
  helpful: 'It helped',
  unhelpful: 'It did not help',
  disagree: 'I hold otherwise',
};

const categories: Record<NonNullable<FeedbackReport['category']>, string> = {
  wrong_dose: 'Wrong dose',
  wrong_population: 'For other patients than those asked about',
  out_of_date: 'Out of date',
  missing_warning: 'A warning is missing',
  wrong_citation: 'The quote does not bear the statement out',
  misleading: 'True, but misleading',
  other: 'Something else',
};

const severities: Record<NonNullable<FeedbackReport['severity']>, { label: string; note: string }> = {
  near_miss: { label: 'Near miss', note: 'Noticed before it reached a patient.' },
  possible_harm: { label: 'Possible harm', note: 'A patient may have been harmed.' },
  harm: { label: 'Harm', note: 'A patient was harmed.' },
};

export const feedback = {
  titles: { feedback: 'Feedback', safety: 'Report a safety concern' },
  about: (statement: number | null) =>
    statement === null ? 'About the whole answer.' : `About statement ${statement}.`,
  intros: {
    feedback: 'Read by those who run Osler in this hospital, together with the question and the answer.',
    safety:
      'Kept with the question and the answer for those responsible for safety in this hospital. This does not replace the ' +
      'hospital’s own incident report. If a patient is at risk now, act first.',
  },
  noPatient: 'Do not write anything that identifies a patient.',
  kind: 'How was it?',
  kinds,
  category: 'What is wrong?',
  categories,
  severity: 'What came of it?',
  severities,
  comment: { feedback: 'Comment (optional)', safety: 'What happened, or could have happened?' },
  left: (n: number) => `${n} characters left`,
  errors: {
    kind: 'Say how it was.',
    category: 'Say what is wrong.',
    severity: 'Say what came of it.',
    comment: 'Describe it in a sentence.',
    long: (most: number) => `At most ${most} characters.`,
  },
  send: { feedback: 'Send feedback', safety: 'Send report' },
  sending: 'Sending…',
  cancel: 'Cancel',
  close: 'Close',
  failed: 'It was not sent. What you wrote is still here.',
  thanks: { feedback: 'Thank you. It was received.', safety: 'The report was received.' },
  receipt: 'Its number, to ask about it later:',
};
