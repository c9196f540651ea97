// One of many, out of a list that opens: the browser's own, which fingers and keyboards know.
import { type ReactNode, useId } from 'react';
import type { Option } from './Choice';
import styles from './Field.module.css';

interface SelectProps<T extends string> {
  label: ReactNode;
  options: readonly Option<T>[];
  value: T;
  onChange: (value: T) => void;
}

export function Select<T extends string>({ label, options, value, onChange }: SelectProps<T>) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      <select
        id={id}
        value={value}
        onChange={(event) => {
          onChange(event.target.value as T);
        }}
        className={styles.input}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
}
