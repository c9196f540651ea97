// The field for questions, with what is set for them: filters and patient context.
import { type KeyboardEvent, type Ref, useId } from 'react';
import { PatientPanel } from '../patient/PatientPanel';
import { Button } from '../parts/Button';
import { ArrowIcon } from '../parts/icons';
import { VisuallyHidden } from '../parts/VisuallyHidden';
import { useBench } from '../shell/services';
import { ask as words } from '../strings';
import { countPoints } from '../text/points';
import styles from './Composer.module.css';
import { FilterButton } from './FilterButton';

const MOST = 8000;

interface ComposerProps {
  value: string;
  onChange: (value: string) => void;
  onAsk: (question: string) => void;
  /** An answer is being made; the next question waits. */
  isWorking: boolean;
  isFirst: boolean;
  fieldRef?: Ref<HTMLTextAreaElement>;
}

export function Composer({ value, onChange, onAsk, isWorking, isFirst, fieldRef }: ComposerProps) {
  const { patient, setPatient } = useBench();
  const id = useId();
  const question = value.trim();
  const over = countPoints(question) - MOST;
  const mayAsk = question !== '' && over <= 0 && !isWorking;
  const send = () => {
    if (mayAsk) onAsk(question);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // An input method uses Enter to choose a word.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };

  return (
    <form
      className={`${styles.composer} ${isFirst ? styles.first : ''}`}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      data-no-print
    >
      <label htmlFor={id} className={isFirst ? styles.label : styles.hiddenLabel}>
        {isFirst ? words.field : words.followUpField}
      </label>
      <div className={styles.box}>
        <textarea
          id={id}
          ref={fieldRef}
          className={styles.field}
          rows={isFirst ? 3 : 1}
          value={value}
          placeholder={isFirst ? words.placeholder : words.followUpPlaceholder}
          aria-describedby={`${id}-note`}
          aria-invalid={over > 0}
          enterKeyHint="send"
          onChange={(event) => {
            onChange(event.target.value);
          }}
          onKeyDown={onKeyDown}
        />
        <div className={styles.tools}>
          <FilterButton />
          <PatientPanel value={patient} onChange={setPatient} />
          <span className={styles.send}>
            <Button type="submit" look="primary" size="s" isDisabled={!mayAsk} icon={<ArrowIcon size={16} />}>
              {words.send}
            </Button>
          </span>
        </div>
      </div>
      <p id={`${id}-note`} className={styles.note}>
        {over > 0 ? (
          <span className={styles.over}>{words.tooLong(over)}</span>
        ) : isFirst ? (
          words.keys
        ) : (
          <VisuallyHidden>{isWorking ? words.working : words.keys}</VisuallyHidden>
        )}
      </p>
    </form>
  );
}
