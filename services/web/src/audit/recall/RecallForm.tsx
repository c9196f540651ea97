// Which document is to be recalled.
import { useNavigate } from '@tanstack/react-router';
import { type SubmitEvent, useState } from 'react';
import { Button } from '../../parts/Button';
import { Field } from '../../parts/Field';
import { useFirstInvalid } from '../../parts/useFirstInvalid';
import { recall } from '../../strings/recall';
import type { Wanted } from './calls';
import { searchOf, wholeNumber } from './recall';
import styles from './Recall.module.css';

const say = recall.form;

interface Errors {
  document?: string;
  version?: string;
}

export function RecallForm({ wanted }: { wanted: Wanted | null }) {
  const navigate = useNavigate();
  const [from, setFrom] = useState(wanted);
  const [document, setDocument] = useState(wanted?.document ?? '');
  const [version, setVersion] = useState(versionOf(wanted));
  const [errors, setErrors] = useState<Errors>({});
  const place = useFirstInvalid(errors);

  // Somebody has followed a link, or gone back.
  if (wanted?.document !== from?.document || wanted?.version !== from?.version) {
    setFrom(wanted);
    setDocument(wanted?.document ?? '');
    setVersion(versionOf(wanted));
    setErrors({});
  }

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const [id, number] = [document.trim(), version.trim()];
    const found: Errors = {};
    if (id === '') found.document = say.errors.document;
    if (number !== '' && wholeNumber(number) === null) found.version = say.errors.version;
    setErrors(found);
    if (Object.keys(found).length > 0) return;
    void navigate({ to: '/audit/recall', search: searchOf({ document: id, version: wholeNumber(number) }) });
  };

  return (
    <form
      ref={place}
      aria-label={say.label}
      className={styles.form}
      onSubmit={submit}
      autoComplete="off"
      noValidate
      data-no-print
    >
      <Field
        label={say.document}
        description={say.documentNote}
        value={document}
        onChange={setDocument}
        maxLength={200}
        spellCheck="false"
        error={errors.document}
      />
      <Field
        label={say.version}
        description={say.versionNote}
        value={version}
        onChange={setVersion}
        inputMode="numeric"
        maxLength={9}
        error={errors.version}
      />
      <Button type="submit" look="primary">
        {say.submit}
      </Button>
    </form>
  );
}

const versionOf = (wanted: Wanted | null): string => String(wanted?.version ?? '');
