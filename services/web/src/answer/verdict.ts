// How each verdict is shown: an icon, a word and a tone, so that colour is never alone.
import type { Verdict } from '../api/types';
import { AlertIcon, CheckIcon, CrossIcon, QuestionIcon, SplitIcon } from '../parts/icons';
import type { Tone } from '../parts/Notice';
import { literature } from '../strings';

interface Shown {
  Icon: typeof CheckIcon;
  tone: Tone;
  word: string;
  meaning: string;
}

const marks: Record<Verdict, Pick<Shown, 'Icon' | 'tone'>> = {
  supported: { Icon: CheckIcon, tone: 'good' },
  partial: { Icon: SplitIcon, tone: 'warn' },
  unverifiable: { Icon: QuestionIcon, tone: 'info' },
  unsupported: { Icon: AlertIcon, tone: 'stop' },
  contradicted: { Icon: CrossIcon, tone: 'stop' },
};

/** A verdict that a newer server may send is shown as not verifiable, never as supported. */
export function shownVerdict(verdict: string): Shown {
  const known = Object.hasOwn(marks, verdict) ? (verdict as Verdict) : 'unverifiable';
  return { ...marks[known], ...literature.verdicts[known] };
}
