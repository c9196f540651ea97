// The form for the patient's context. Nothing of it leaves the component before "use"; nothing of it is ever stored.
import { useId, useState, type SubmitEvent } from 'react';
import { Button } from '../parts/Button';
import { Choice } from '../parts/Choice';
import { Dialog } from '../parts/Dialog';
import { Field } from '../parts/Field';
import { Notice } from '../parts/Notice';
import { useFirstInvalid } from '../parts/useFirstInvalid';
import { patient as say } from '../strings/patient';
import { BundleFile } from './BundleFile';
import { draftOf, EMPTY, patientOf, type Draft } from './draft';
import { SEXES, type PatientContext, type PatientErrors } from './patient';
import styles from './PatientPanel.module.css';

interface PatientDialogProps {
  value: PatientContext | null;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  onUse: (patient: PatientContext) => void;
}

export function PatientDialog({ value, isOpen, onOpenChange, onUse }: PatientDialogProps) {
  const form = useId();
  return (
    <Dialog
      title={say.title}
      size="l"
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      foot={
        <>
          <Button onPress={() => onOpenChange(false)}>{say.actions.cancel}</Button>
          <Button look="primary" type="submit" form={form}>
            {say.actions.use}
          </Button>
        </>
      }
    >
      {/* Mounted anew with every opening: it begins from what is in use. */}
      <PatientForm id={form} value={value} onUse={onUse} />
    </Dialog>
  );
}

interface PatientFormProps {
  id: string;
  value: PatientContext | null;
  onUse: (patient: PatientContext) => void;
}

const { fields } = say;

const PREGNANT = [
  { value: '', label: fields.notSaid },
  { value: 'no', label: fields.no },
  { value: 'yes', label: fields.yes },
] as const;

const SEX = [
  { value: '', label: fields.notSaid },
  ...SEXES.map((sex) => ({ value: sex, label: fields.sexes[sex] })),
] as const;

const UNITS = [
  { value: 'years', label: fields.years },
  { value: 'months', label: fields.months },
] as const;

function PatientForm({ id, value, onUse }: PatientFormProps) {
  const [draft, setDraft] = useState<Draft>(value === null ? EMPTY : draftOf(value));
  const [errors, setErrors] = useState<PatientErrors>({});
  const place = useFirstInvalid(errors);

  const set =
    <K extends keyof Draft>(field: K) =>
    (entry: Draft[K]) =>
      setDraft({ ...draft, [field]: entry });

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    // Portals pass events up the tree of components: the question's form must not see this one.
    event.stopPropagation();
    const read = patientOf(draft);
    setErrors(read.errors);
    if (Object.keys(read.errors).length === 0) onUse(read.patient);
  };

  return (
    <form ref={place} id={id} className={styles.form} onSubmit={submit} autoComplete="off" noValidate>
      <p className={styles.intro}>{say.intro}</p>
      <Notice title={say.privacy.heading}>
        <ul className={styles.points}>
          {say.privacy.points.map((point) => (
            <li key={point}>{point}</li>
          ))}
        </ul>
      </Notice>
      <BundleFile
        onRead={(patient) => {
          setDraft(draftOf(patient));
          setErrors({});
        }}
      />
      {Object.keys(errors).length > 0 && <Notice tone="stop" live="alert" title={say.errors.summary} />}
      <div className={styles.pair}>
        <Field
          label={fields.age}
          inputMode="decimal"
          value={draft.age}
          onChange={set('age')}
          error={errors.age_years ?? null}
        />
        <Choice label={fields.ageUnit} isRow options={UNITS} value={draft.ageUnit} onChange={set('ageUnit')} />
      </div>
      <Choice label={fields.sex} isRow options={SEX} value={draft.sex} onChange={set('sex')} />
      <Choice
        label={fields.pregnant}
        isRow
        options={PREGNANT}
        value={draft.pregnant}
        onChange={set('pregnant')}
        error={errors.pregnant ?? null}
      />
      <div className={styles.pair}>
        <Field
          label={fields.egfr}
          unit={fields.egfrUnit}
          inputMode="decimal"
          value={draft.egfr}
          onChange={set('egfr')}
          error={errors.egfr ?? null}
        />
        <Field
          label={fields.weight}
          unit={fields.weightUnit}
          inputMode="decimal"
          value={draft.weight}
          onChange={set('weight')}
          error={errors.weight_kg ?? null}
        />
      </div>
      <div className={styles.lists}>
        <Field
          label={fields.conditions}
          description={fields.onePerLine}
          rows={4}
          value={draft.conditions}
          onChange={set('conditions')}
          error={errors.conditions ?? null}
        />
        <Field
          label={fields.medicines}
          description={fields.onePerLineOrNone}
          rows={4}
          value={draft.medicines}
          onChange={set('medicines')}
          error={errors.medicines ?? null}
        />
        <Field
          label={fields.allergies}
          description={fields.onePerLineOrNone}
          rows={4}
          value={draft.allergies}
          onChange={set('allergies')}
          error={errors.allergies ?? null}
        />
      </div>
      <p className={styles.hint}>{fields.emptyList}</p>
      <Button look="link" onPress={() => setDraft(EMPTY)}>
        {say.actions.clear}
      </Button>
    </form>
  );
}
