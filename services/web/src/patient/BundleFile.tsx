// Where a FHIR Bundle is dropped or chosen. It is read here, in the browser; only the typed fields go on.
import { useState } from 'react';
import { DropZone, FileTrigger, Text } from 'react-aria-components';
import { Button } from '../parts/Button';
import { Notice } from '../parts/Notice';
import { patient as say } from '../strings/patient';
import type { PatientContext } from './patient';
import { isEmpty, summary } from './patient';
import styles from './PatientPanel.module.css';

const MAX_BYTES = 5 * 1024 * 1024;

type State =
  { is: 'idle' | 'reading' } | { is: 'failed'; why: string } | { is: 'read'; summary: string; notes: string[] };

export function BundleFile({ onRead }: { onRead: (patient: PatientContext) => void }) {
  const [state, setState] = useState<State>({ is: 'idle' });

  const read = async (file: File) => {
    setState({ is: 'reading' });
    const found = await readFile(file);
    if ('why' in found) {
      setState({ is: 'failed', why: found.why });
    } else {
      setState({ is: 'read', summary: summary(found.patient), notes: found.notes });
      onRead(found.patient);
    }
  };

  return (
    <section className={styles.file} aria-labelledby="fhir-file">
      <h3 id="fhir-file" className={styles.heading}>
        {say.file.heading}
      </h3>
      <DropZone
        className={styles.zone ?? ''}
        getDropOperation={() => 'copy'}
        onDrop={(event) => {
          const dropped = event.items.find((item) => item.kind === 'file');
          if (dropped) void dropped.getFile().then(read, () => setState({ is: 'failed', why: say.file.unreadable }));
        }}
      >
        <FileTrigger
          acceptedFileTypes={['application/json', 'application/fhir+json', '.json']}
          onSelect={(files) => {
            const chosen = files?.item(0);
            if (chosen) void read(chosen);
          }}
        >
          <Button size="s">{say.file.choose}</Button>
        </FileTrigger>
        <Text slot="label" className={styles.drop ?? ''}>
          {say.file.drop}
        </Text>
      </DropZone>
      <p className={styles.hint}>{say.file.hint}</p>
      <div aria-live="polite">
        {state.is === 'reading' && <p className={styles.hint}>{say.file.reading}</p>}
        {state.is === 'failed' && <Notice tone="stop">{state.why}</Notice>}
        {state.is === 'read' && (
          <Notice tone={state.notes.length > 0 ? 'warn' : 'good'} title={say.file.read}>
            {state.summary !== '' && <p>{state.summary}</p>}
            <ul className={styles.points}>
              {state.notes.map((note) => (
                <li key={note}>{note}</li>
              ))}
            </ul>
          </Notice>
        )}
      </div>
    </section>
  );
}

/** The reader of Bundles is fetched only now: few questions come with a file. */
async function readFile(file: File): Promise<{ patient: PatientContext; notes: string[] } | { why: string }> {
  if (file.size > MAX_BYTES) return { why: say.file.tooLarge };
  try {
    const [text, { FhirError, readBundle }] = await Promise.all([file.text(), import('./fhir')]);
    try {
      const reading = readBundle(text, localDate(new Date()));
      return isEmpty(reading.patient) && reading.notes.length === 0 ? { why: say.fhir.nothing } : reading;
    } catch (error) {
      if (error instanceof FhirError) return { why: error.message };
      throw error;
    }
  } catch {
    return { why: say.file.unreadable };
  }
}

/** Today where the reader is: an age must not change at midnight in London. */
function localDate(now: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}
