// A labelled field for a password, which can be shown. What is typed is in the field alone; no component keeps it.
import { type RefObject, useId, useState } from 'react';
import { Input } from 'react-aria-components';
import { session as words } from '../strings/session';
import { Button } from './Button';
import styles from './Field.module.css';

interface PasswordFieldProps {
  label: string;
  inputRef: RefObject<HTMLInputElement | null>;
  autoComplete: 'current-password' | 'new-password';
  /** What is wrong; the field is then marked invalid. */
  error?: string | null;
  autoFocus?: boolean;
}

export function PasswordField({ label, inputRef, autoComplete, error, autoFocus = false }: PasswordFieldProps) {
  const id = useId();
  const [isShown, setShown] = useState(false);
  return (
    <div className={styles.field} {...(error ? { 'data-invalid': true } : {})}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      <span className={styles.line}>
        <Input
          id={id}
          ref={inputRef}
          type={isShown ? 'text' : 'password'}
          autoComplete={autoComplete}
          autoCapitalize="none"
          spellCheck={false}
          autoFocus={autoFocus}
          aria-invalid={Boolean(error)}
          aria-describedby={`${id}-error`}
          className={styles.input ?? ''}
        />
        <Button
          aria-label={(isShown ? words.hidePassword : words.showPassword)(label)}
          aria-controls={id}
          onPress={() => setShown(!isShown)}
        >
          {isShown ? words.hide : words.show}
        </Button>
      </span>
      {/* Always there, so that what appears in it is read aloud. */}
      <span id={`${id}-error`} role="alert" className={styles.error}>
        {error}
      </span>
    </div>
  );
}
