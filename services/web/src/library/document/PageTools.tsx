// Turning the pages of a file: one on, one back, or to a number.
import { useState, type SubmitEvent } from 'react';
import { Button } from '../../parts/Button';
import { Field } from '../../parts/Field';
import { VisuallyHidden } from '../../parts/VisuallyHidden';
import { pages as say } from '../../strings/pages';
import { pageIn } from './pages';
import styles from './Pages.module.css';

interface PageToolsProps {
  page: number;
  last: number;
  onTurn: (to: number) => void;
}

export function PageTools({ page, last, onTurn }: PageToolsProps) {
  const [shown, setShown] = useState(page);
  const [text, setText] = useState(String(page));
  const [isWrong, setWrong] = useState(false);
  // However it was turned: what was typed before is of another page.
  if (shown !== page) {
    setShown(page);
    setText(String(page));
    setWrong(false);
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const to = pageIn(text.trim());
    const isThere = to !== null && to >= 1 && to <= last;
    setWrong(!isThere);
    if (isThere && to !== page) onTurn(to);
  };
  return (
    <nav aria-label={say.nav} className={styles.tools}>
      <Button isDisabled={page <= 1} onPress={() => onTurn(page - 1)}>
        {say.previous}
      </Button>
      <form className={styles.number} onSubmit={submit} noValidate>
        <Field
          label={say.page}
          unit={say.of(last)}
          inputMode="numeric"
          value={text}
          onChange={(value) => {
            setText(value);
            setWrong(false);
          }}
          error={isWrong ? <span role="alert">{say.noSuchPage(last)}</span> : null}
        />
        <Button type="submit">{say.go}</Button>
      </form>
      <Button isDisabled={page >= last} onPress={() => onTurn(page + 1)}>
        {say.next}
      </Button>
      {/* In sight it is in the field. */}
      <VisuallyHidden>
        <span role="status">{say.at(page, last)}</span>
      </VisuallyHidden>
    </nav>
  );
}
