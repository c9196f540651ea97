// Taking a report of a risk up, closing it, or opening it again.
import { type ReactNode, useState } from 'react';
import { Refused } from '../../api/problem';
import { ActDialog } from '../../parts/ActDialog';
import { Choice } from '../../parts/Choice';
import { readers } from '../../strings/readers';
import { postHandling } from './calls';
import styles from './Feedback.module.css';
import type { Feedback, HandlingOutcome, HandlingState } from './types';

const say = readers.handle;

const outcomes = (Object.keys(readers.outcomes) as HandlingOutcome[]).map((value) => ({ value, ...readers.outcomes[value] }));

interface HandleDialogProps {
  report: Feedback;
  to: HandlingState;
  onDone: (changed: Feedback) => void;
  /** It stands otherwise by now. */
  onStale: () => void;
  onClose: () => void;
}

export function HandleDialog({ report, to, onDone, onStale, onClose }: HandleDialogProps) {
  const words = readers.deeds[to];
  const [outcome, setOutcome] = useState<HandlingOutcome | null>(null);
  const [error, setError] = useState<string | null>(null);
  const isClosing = to === 'closed';
  return (
    <ActDialog
      title={words.title}
      reason={{ label: words.missing === null ? say.noteOptional : say.note, missing: words.missing }}
      more={
        isClosing && (
          <Choice
            label={say.outcome}
            options={outcomes}
            value={outcome}
            onChange={(chosen) => {
              setOutcome(chosen);
              setError(null);
            }}
            isRequired
            error={error}
          />
        )
      }
      check={() => {
        const isMissing = isClosing && outcome === null;
        setError(isMissing ? say.noOutcome : null);
        return !isMissing;
      }}
      act={words.act}
      acting={words.acting}
      failed={words.failed}
      send={({ reason }) =>
        postHandling(report.id, {
          to,
          ...(isClosing && outcome !== null ? { outcome } : {}),
          ...(reason === '' ? {} : { note: reason }),
        })
      }
      onDone={onDone}
      onFailed={(failure) => {
        if (isStale(failure)) onStale();
      }}
      helpOf={helpWith}
      onClose={onClose}
    >
      <p>{words.detail}</p>
      <p className={styles.note}>{say.noPatient}</p>
    </ActDialog>
  );
}

const isStale = (error: unknown) => error instanceof Refused && error.problem.code === 'illegal_change';

const helpWith = (error: unknown): ReactNode => (isStale(error) ? <p>{say.changed}</p> : null);
