// Any of several names: those that the corpora give, and others that are typed and then stand beside them, ticked.
import { type SubmitEvent, useState } from 'react';
import { Button } from '../parts/Button';
import { Checks } from '../parts/Checks';
import type { Option } from '../parts/Choice';
import { Field } from '../parts/Field';
import { VisuallyHidden } from '../parts/VisuallyHidden';
import { ask } from '../strings';
import styles from './FilterPanel.module.css';

const say = ask.filters.names;
/** The server reads no more. */
const MOST = 100;

interface NameChecksProps {
  words: { label: string; other: string; otherNote: string };
  offered: readonly Option<string>[];
  value: readonly string[];
  onChange: (names: string[]) => void;
}

/** The server does not look at the case of names either. */
const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

export function NameChecks({ words, offered, value, onChange }: NameChecksProps) {
  const [typed, setTyped] = useState('');
  // What was typed stays when its tick is taken away again: it may have been a slip.
  const [added, setAdded] = useState<readonly string[]>(value);
  const [error, setError] = useState<string | null>(null);
  const [said, setSaid] = useState('');

  const others = added.filter((name) => !offered.some((one) => isSame(one.value, name)));
  const options = [...offered, ...others.map((name) => ({ value: name, label: name }))];

  const add = (event: SubmitEvent) => {
    event.preventDefault();
    // Portals pass events up the tree of components: the question's form must not see this one.
    event.stopPropagation();
    const written = typed.trim();
    const name = options.find((one) => isSame(one.value, written))?.value ?? written;
    const isNew = !value.includes(name);
    const wrong = name === '' ? say.empty : isNew && value.length >= MOST ? say.tooMany(MOST) : null;
    setError(wrong);
    if (wrong !== null) return;
    if (isNew) {
      setAdded([...added, name]);
      onChange([...value, name]);
    }
    setSaid(say.added(name));
    setTyped('');
  };

  return (
    <div className={styles.names}>
      {options.length > 0 && <Checks label={words.label} options={options} value={value} onChange={onChange} />}
      <form onSubmit={add} noValidate autoComplete="off" className={styles.add}>
        <Field
          label={words.other}
          description={words.otherNote}
          maxLength={200}
          value={typed}
          onChange={setTyped}
          error={error}
        />
        <Button type="submit" size="s">
          {say.add}
        </Button>
      </form>
      <VisuallyHidden>
        <span role="status">{said}</span>
      </VisuallyHidden>
    </div>
  );
}
