// One of several, all of them in sight.
import type { ReactNode } from 'react';
import { FieldError, Label, RadioButton, RadioField, RadioGroup } from 'react-aria-components';
import { parts as words } from '../strings';
import styles from './Field.module.css';

export interface Option<T extends string> {
  value: T;
  label: string;
  note?: string;
  /** A key that chooses it as well, where the page listens for it. */
  hotkey?: string;
}

interface ChoiceProps<T extends string> {
  label: ReactNode;
  options: readonly Option<T>[];
  value: T | null;
  onChange: (value: T) => void;
  isRequired?: boolean;
  isRow?: boolean;
  error?: string | null;
}

export function Choice<T extends string>(props: ChoiceProps<T>) {
  const { label, options, value, onChange, isRequired = false, isRow = false, error } = props;
  return (
    <RadioGroup
      value={value}
      onChange={(chosen) => {
        onChange(chosen as T);
      }}
      isRequired={isRequired}
      isInvalid={Boolean(error)}
      validationBehavior="aria"
      className={styles.group ?? ''}
    >
      <Label className={styles.label ?? ''}>
        {label}
        {isRequired && <span className={styles.required}> ({words.required})</span>}
      </Label>
      <div className={`${styles.options} ${isRow ? styles.row : ''}`}>
        {options.map((option) => (
          <RadioField key={option.value} value={option.value}>
            <RadioButton className={styles.option ?? ''}>
              <span className={`${styles.box} ${styles.dot}`} aria-hidden="true" />
              <span className={styles.optionText}>
                {option.label}
                {option.hotkey && (
                  <kbd className={styles.hotkey} aria-hidden="true">
                    {option.hotkey}
                  </kbd>
                )}
                {option.note && <span className={styles.optionNote}>{option.note}</span>}
              </span>
            </RadioButton>
          </RadioField>
        ))}
      </div>
      <FieldError className={styles.error ?? ''}>{error}</FieldError>
    </RadioGroup>
  );
}
