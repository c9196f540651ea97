// Every check of a receipt with its outcome, in words and with an icon.
import { AlertIcon, CheckIcon, CrossIcon, QuestionIcon } from '../../parts/icons';
import { Chip } from '../../parts/Chip';
import type { Tone } from '../../parts/Notice';
import { proof } from '../../strings/proof';
import { record } from '../../strings/record';
import type { Check, Outcome } from '../proof/bench';
import styles from './Record.module.css';

const say = record.proof;

const looks: Record<Outcome, { tone: Tone; Icon: typeof CheckIcon }> = {
  holds: { tone: 'good', Icon: CheckIcon },
  fails: { tone: 'stop', Icon: CrossIcon },
  unable: { tone: 'warn', Icon: AlertIcon },
  open: { tone: 'info', Icon: QuestionIcon },
};

export function Checks({ checks }: { checks: readonly Check[] }) {
  return (
    <>
      <h3>{say.checks}</h3>
      <ul className={styles.checks} aria-label={say.checks}>
        {checks.map(({ name, outcome, detail }) => {
          const { tone, Icon } = looks[outcome];
          return (
            <li key={name}>
              <Chip tone={tone} icon={<Icon size={13} />}>
                {say.outcomes[outcome]}
              </Chip>
              <div className={styles.check}>
                <p>
                  <strong>{proof.checks[name]}</strong>
                </p>
                <p className={styles.note}>{detail}</p>
              </div>
            </li>
          );
        })}
      </ul>
      <p className={styles.note}>{say.verdictsNote}</p>
    </>
  );
}
