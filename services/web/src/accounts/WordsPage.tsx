// Erasing the words of an answer for good, by its id: without seeing any of them.
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, type SubmitEvent, useEffect, useRef, useState } from 'react';
import { Refused } from '../api/problem';
import { deleteWords, recordQuery } from '../audit/answers/calls';
import { isId } from '../audit/answers/filters';
import { forgetWords, isStillRead } from '../audit/answers/forget';
import { ActDialog } from '../parts/ActDialog';
import { Button } from '../parts/Button';
import { Field } from '../parts/Field';
import { TrashIcon } from '../parts/icons';
import { Notice } from '../parts/Notice';
import { useFirstInvalid } from '../parts/useFirstInvalid';
import { useSession } from '../session/useSession';
import { useTitle } from '../shell/useTitle';
import { accounts } from '../strings/accounts';
import { problem } from '../strings/problem';
import { timeUtc } from '../text/times';
import styles from './Accounts.module.css';

const say = accounts.words;

export function WordsPage() {
  useTitle(say.title);
  const { mayRun } = useSession();
  return (
    <div className={styles.page}>
      <h1>{say.title}</h1>
      <p className={styles.lead}>{say.lead}</p>
      {mayRun ? (
        <Erase />
      ) : (
        <Notice tone="warn" title={problem.notAllowed}>
          {problem.notAllowedHelp}
        </Notice>
      )}
    </div>
  );
}

function Erase() {
  const client = useQueryClient();
  const [text, setText] = useState('');
  const [errors, setErrors] = useState<{ id?: string }>({});
  const [asked, setAsked] = useState<string | null>(null);
  const [erased, setErased] = useState<{ id: string; mustRepeat: boolean } | null>(null);
  const form = useFirstInvalid(errors);

  // The dialog gives the focus back to nothing that has it already, and what came of it is read aloud.
  const receipt = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (erased !== null) receipt.current?.focus();
  }, [erased]);

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const id = text.trim();
    setErrors(isId(id) ? {} : { id: say.badId });
    if (!isId(id)) return;
    setErased(null);
    setAsked(id);
  };
  const onDone = (id: string, mustRepeat: boolean) => {
    setAsked(null);
    // It is wanted once more.
    if (!mustRepeat) setText('');
    setErased({ id, mustRepeat });
    // Who is an auditor as well may have looked at them.
    forgetWords(client, id);
    client.removeQueries({ queryKey: recordQuery(id).queryKey });
  };

  return (
    <>
      <form ref={form} aria-label={say.form} className={styles.words} onSubmit={submit} autoComplete="off" noValidate>
        <Field
          label={say.id}
          description={say.idNote}
          value={text}
          onChange={setText}
          maxLength={200}
          spellCheck="false"
          isRequired
          error={errors.id}
        />
        <Button type="submit" look="danger" icon={<TrashIcon size={16} />}>
          {say.open}
        </Button>
      </form>
      {erased !== null && (
        <div ref={receipt} tabIndex={-1} className={styles.receipt}>
          <Notice tone={erased.mustRepeat ? 'warn' : 'good'} title={erased.mustRepeat ? say.still : say.done}>
            {say.doneDetail(erased.id)}
          </Notice>
        </div>
      )}
      {asked !== null && (
        <ActDialog
          title={say.dialog}
          act={say.act}
          acting={say.acting}
          failed={say.failed}
          isDanger
          send={() => deleteWords(asked)}
          onDone={() => onDone(asked, false)}
          onFailed={(error) => {
            if (isStillRead(error)) onDone(asked, true);
          }}
          helpOf={helpWith}
          onClose={() => setAsked(null)}
        >
          <p>
            {say.of} <code>{asked}</code>
          </p>
          <Told title={say.goes} lines={say.gone} />
          <Told title={say.stays} lines={say.left} />
          <p>
            <strong>{say.never}</strong>
          </p>
        </ActDialog>
      )}
    </>
  );
}

function Told({ title, lines }: { title: string; lines: readonly string[] }) {
  return (
    <section>
      <h3>{title}</h3>
      <ul className={styles.told}>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </section>
  );
}

/** The server says with one code that they are held and that it is too early; only the latter has a time. */
function helpWith(error: unknown): ReactNode {
  if (!(error instanceof Refused)) return null;
  const { code, detail } = error.problem;
  if (code === 'unknown_answer') return <p>{say.help.unknown}</p>;
  if (code !== 'kept') return null;
  const [time] = /\d{4}-\d{2}-\d{2}T[\d:.]+Z/.exec(detail) ?? [];
  return <p>{time === undefined ? say.help.held : say.help.early(timeUtc(time))}</p>;
}
