// The fields of a policy, each with what it is for and what is wrong with it.
import { Checks } from '../../parts/Checks';
import { Choice } from '../../parts/Choice';
import { Field, type FieldProps } from '../../parts/Field';
import { literature } from '../../strings';
import { policies } from '../../strings/policies';
import type { Kind } from '../types';
import { UNDISPLAYED_WORDS } from './differences';
import { type Draft, type Faults, rights } from './draft';

const say = policies.form;

const kinds = (Object.keys(literature.kinds) as Kind[]).map((value) => ({ value, label: literature.kinds[value] }));
const rightOptions = rights.map((value) => ({ value, label: say.rightNames[value], note: say.rightNotes[value] }));
const plain = { spellCheck: 'false', autoCorrect: 'off', autoCapitalize: 'none' } as const;

interface PolicyFieldsProps {
  draft: Draft;
  faults: Faults;
  /** The short name is chosen once. */
  isNew: boolean;
  onChange: (change: Partial<Draft>) => void;
}

export function PolicyFields({ draft, faults, isNew, onChange }: PolicyFieldsProps) {
  const field = (name: Exclude<keyof Draft, 'kind' | 'rights'>): Pick<FieldProps, 'value' | 'onChange' | 'error'> => ({
    value: draft[name],
    onChange: (value) => onChange({ [name]: value }),
    error: faults[name] && <span role="alert">{faults[name]}</span>,
  });
  return (
    <>
      {isNew && <Field label={say.id} description={say.idNote} isRequired autoFocus {...plain} {...field('id')} />}
      <Field label={say.title} isRequired autoFocus={!isNew} {...field('title')} />
      <Field label={say.issuer} description={say.issuerNote} isRequired {...field('issuer')} />
      <Choice
        label={say.kind}
        options={kinds}
        value={draft.kind}
        onChange={(kind) => onChange({ kind })}
        isRequired
        isRow
        error={faults.kind ?? null}
      />
      <Field label={say.licence} description={say.licenceNote} isRequired {...field('licence')} />
      <Checks
        label={say.rights}
        options={rightOptions}
        value={draft.rights}
        onChange={(chosen) => onChange({ rights: chosen })}
      />
      <Field
        label={say.quoteWords}
        description={say.quoteWordsNote(UNDISPLAYED_WORDS)}
        unit={say.wordsUnit}
        inputMode="numeric"
        {...field('quoteWords')}
      />
      <Field label={say.expires} description={say.expiresNote} {...plain} {...field('expires')} />
      <Field label={say.jurisdiction} description={say.jurisdictionNote} isRequired {...field('jurisdiction')} />
      <Field label={say.language} description={say.languageNote} isRequired {...plain} {...field('language')} />
      <Field label={say.evidence} description={say.evidenceNote} {...field('evidence')} />
      <Field label={say.reason} description={say.reasonNote} rows={3} isRequired {...field('reason')} />
    </>
  );
}
