// A labelled field for words or numbers, with what it is for and what is wrong with it.
import type { ReactNode, Ref } from 'react';
import { FieldError, Input, Label, Text, TextArea, TextField, type TextFieldProps } from 'react-aria-components';
import { parts as words } from '../strings';
import styles from './Field.module.css';

export interface FieldProps extends Omit<TextFieldProps, 'children' | 'className' | 'style'> {
  label: ReactNode;
  description?: ReactNode;
  /** What is wrong; the field is then marked invalid. */
  error?: ReactNode;
  /** What is counted, after the field: kg, years. */
  unit?: string;
  placeholder?: string;
  /** Lines; 1 is a single line. */
  rows?: number;
  inputRef?: Ref<HTMLInputElement>;
}

export function Field({ label, description, error, unit, placeholder, rows = 1, inputRef, ...rest }: FieldProps) {
  return (
    <TextField {...rest} isInvalid={Boolean(error)} className={styles.field ?? ''}>
      <Label className={styles.label ?? ''}>
        {label}
        {rest.isRequired && <span className={styles.required}> ({words.required})</span>}
      </Label>
      {description && (
        <Text slot="description" className={styles.description ?? ''}>
          {description}
        </Text>
      )}
      <span className={styles.line}>
        {rows > 1 ? (
          <TextArea rows={rows} placeholder={placeholder ?? ''} className={styles.input ?? ''} />
        ) : (
          <Input
            {...(inputRef ? { ref: inputRef } : {})}
            placeholder={placeholder ?? ''}
            className={styles.input ?? ''}
          />
        )}
        {unit && <span className={styles.unit}>{unit}</span>}
      </span>
      <FieldError className={styles.error ?? ''}>{error}</FieldError>
    </TextField>
  );
}
