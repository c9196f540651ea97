// The keys of the log that an auditor knows from elsewhere.
import { type SubmitEvent, useState } from 'react';
import { Button } from '../../parts/Button';
import { Disclosure } from '../../parts/Disclosure';
import { Field } from '../../parts/Field';
import { record } from '../../strings/record';
import styles from './Record.module.css';
import { keysOf, linesOf, remember, useRemembered } from './useBelieved';

const say = record.believed;
const ROWS = 3;

export function BelievedKeys() {
  const text = useRemembered();
  const [said, setSaid] = useState('');
  return (
    <Disclosure title={say.heading} isOpenAtFirst={text === ''}>
      <p>{say.lead}</p>
      {/* What is remembered by a button elsewhere on the page is another text to begin with. */}
      <Form key={text} text={text} tell={setSaid} />
      <p role="status" className={styles.note}>
        {said}
      </p>
    </Disclosure>
  );
}

function Form({ text, tell }: { text: string; tell: (said: string) => void }) {
  const [draft, setDraft] = useState(text);
  const [error, setError] = useState<string | null>(null);
  const submit = async () => {
    const lines = linesOf(draft);
    const keys = await keysOf(lines);
    const isWrong = typeof keys === 'string';
    setError(isWrong ? keys : null);
    if (isWrong) {
      tell('');
      return;
    }
    const isKept = remember(lines.join('\n'));
    tell(!isKept ? say.notKept : lines.length === 0 ? say.forgotten : say.saved);
  };
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    void submit();
  };
  return (
    <form aria-label={say.heading} className={styles.believed} onSubmit={onSubmit} autoComplete="off" noValidate>
      <Field
        label={say.label}
        description={say.note}
        rows={ROWS}
        value={draft}
        onChange={setDraft}
        spellCheck="false"
        error={error === null ? null : <span role="alert">{error}</span>}
      />
      <Button type="submit" size="s">
        {say.save}
      </Button>
    </form>
  );
}
