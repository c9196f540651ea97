// Any of several.
import type { ReactNode } from 'react';
import { CheckboxButton, CheckboxField, CheckboxGroup, Label } from 'react-aria-components';
import type { Option } from './Choice';
import styles from './Field.module.css';
import { CheckIcon } from './icons';

interface ChecksProps<T extends string> {
  label: ReactNode;
  options: readonly Option<T>[];
  value: readonly T[];
  onChange: (value: T[]) => void;
}

export function Checks<T extends string>({ label, options, value, onChange }: ChecksProps<T>) {
  return (
    <CheckboxGroup
      value={[...value]}
      onChange={(chosen) => {
        onChange(chosen as T[]);
      }}
      className={styles.group ?? ''}
    >
      <Label className={styles.label ?? ''}>{label}</Label>
      <div className={styles.options}>
        {options.map((option) => (
          <CheckboxField key={option.value} value={option.value}>
            <CheckboxButton className={styles.option ?? ''}>
              <span className={styles.box} aria-hidden="true">
                <CheckIcon size={14} />
              </span>
              <span className={styles.optionText}>
                {option.label}
                {option.note && <span className={styles.optionNote}>{option.note}</span>}
              </span>
            </CheckboxButton>
          </CheckboxField>
        ))}
      </div>
    </CheckboxGroup>
  );
}
