// The field for questions, with what is set for them: filters, the state of the library, and patient context.
import { type KeyboardEvent, type Ref, useId, useRef } from 'react';
import { PatientPanel } from '../patient/PatientPanel';
import { Button } from '../parts/Button';
import { ArrowIcon } from '../parts/icons';
import { Notice } from '../parts/Notice';
import { VisuallyHidden } from '../parts/VisuallyHidden';
import { useBench } from '../shell/services';
import { ask as words } from '../strings';
import { countPoints } from '../text/points';
import styles from './Composer.module.css';
import { FilterButton } from './FilterButton';
import { asOfWords } from './filters';
import { Narrowed } from './Narrowed';

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
  const { filters, asOf, setAsOf, patient, setPatient } = useBench();
  const form = useRef<HTMLFormElement>(null);
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
      ref={form}
      className={`${styles.composer} ${isFirst ? styles.first : ''}`}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      data-no-print
    >
      {asOf && (
        <div className={styles.notice}>
          <Notice
            tone="warn"
            live="status"
            title={words.asOf.notice(asOfWords(asOf))}
            actions={
              <Button
                size="s"
                onPress={() => {
                  setAsOf(null);
                  // The button goes; the focus must not fall out of the page with it.
                  form.current?.querySelector('textarea')?.focus();
                }}
              >
                {words.asOf.back}
              </Button>
            }
          >
            {/* Later it would leave too little room for what is read. */}
            {isFirst && words.asOf.noticeDetail}
          </Notice>
        </div>
      )}
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
        <div className={styles.narrowed}>
          <Narrowed filters={filters} />
        </div>
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
