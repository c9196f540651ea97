// From which year, and up to which. What is wrong is said when a field is left or full, not while it is being typed.
import { useState } from 'react';
import { Field } from '../parts/Field';
import { VisuallyHidden } from '../parts/VisuallyHidden';
import { ask } from '../strings';
import styles from './FilterPanel.module.css';
import { DIGITS, readYears, type Typed, type Years } from './years';

const say = ask.filters.years;

interface YearFieldsProps extends Years {
  onChange: (years: Years) => void;
}

export function YearFields({ from_year, to_year, onChange }: YearFieldsProps) {
  const [typed, setTyped] = useState<Typed>({ from: String(from_year ?? ''), to: String(to_year ?? '') });
  const [typingIn, setTypingIn] = useState<keyof Typed | null>(null);
  const { errors } = readYears(typed);
  const errorOf = (end: keyof Typed) => (typingIn === end && typed[end].length < DIGITS ? undefined : errors[end]);

  const field = (end: keyof Typed) => (
    <Field
      label={say[end]}
      inputMode="numeric"
      autoComplete="off"
      maxLength={DIGITS}
      value={typed[end]}
      onChange={(text) => {
        const now = { ...typed, [end]: text };
        setTyped(now);
        const read = readYears(now);
        onChange({ from_year: read.from_year, to_year: read.to_year });
      }}
      onFocusChange={(isFocused) => {
        setTypingIn(isFocused ? end : null);
      }}
      error={errorOf(end)}
    />
  );
  return (
    <fieldset className={styles.years}>
      <legend className={styles.legend}>{say.label}</legend>
      <div className={styles.pair}>
        {field('from')}
        {field('to')}
      </div>
      <p className={styles.note}>{say.note}</p>
      <VisuallyHidden>
        <span role="status">{errorOf('from') ?? errorOf('to')}</span>
      </VisuallyHidden>
    </fieldset>
  );
}
