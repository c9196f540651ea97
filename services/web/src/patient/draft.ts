// The patient form as it is being typed: text in every field, read into a patient context only when all of it can be meant.
import { patient as say } from '../strings/patient';
import { check, LISTS, type ListField, type PatientContext, type PatientErrors, type Sex } from './patient';

export interface Draft extends Record<ListField, string> {
  age: string;
  ageUnit: 'years' | 'months';
  sex: Sex | '';
  pregnant: 'yes' | 'no' | '';
  egfr: string;
  weight: string;
}

export const EMPTY: Draft = {
  age: '',
  ageUnit: 'years',
  sex: '',
  pregnant: '',
  egfr: '',
  weight: '',
  conditions: '',
  medicines: '',
  allergies: '',
};

export function draftOf(patient: PatientContext): Draft {
  const inMonths = patient.age_years !== null && patient.age_years < 2;
  const age = patient.age_years === null ? null : inMonths ? round(patient.age_years * 12) : patient.age_years;
  return {
    age: written(age),
    ageUnit: inMonths ? 'months' : 'years',
    sex: patient.sex ?? '',
    pregnant: patient.pregnant === null ? '' : patient.pregnant ? 'yes' : 'no',
    egfr: written(patient.egfr),
    weight: written(patient.weight_kg),
    conditions: patient.conditions.join('\n'),
    medicines: patient.medicines.join('\n'),
    allergies: patient.allergies.join('\n'),
  };
}

export function patientOf(draft: Draft): { patient: PatientContext; errors: PatientErrors } {
  const wrong: PatientErrors = {};
  const number = (field: 'age_years' | 'egfr' | 'weight_kg', text: string): number | null => {
    if (text.trim() === '') return null;
    const value = numberIn(text);
    if (value === null) wrong[field] = say.errors.number;
    return value;
  };
  const age = number('age_years', draft.age);
  const patient: PatientContext = {
    age_years: age !== null && draft.ageUnit === 'months' ? age / 12 : age,
    sex: draft.sex === '' ? null : draft.sex,
    pregnant: draft.pregnant === '' ? null : draft.pregnant === 'yes',
    egfr: number('egfr', draft.egfr),
    weight_kg: number('weight_kg', draft.weight),
    conditions: [],
    medicines: [],
    allergies: [],
  };
  for (const field of LISTS) patient[field] = lines(draft[field]);
  return { patient, errors: { ...check(patient), ...wrong } };
}

/** A point or a comma before the decimals; nothing else, so that `1,000` and `6O` are asked about rather than guessed. */
function numberIn(text: string): number | null {
  const trimmed = text.trim();
  return /^\d{1,4}(\.\d{1,3}|,\d{1,2})?$/.test(trimmed) ? Number(trimmed.replace(',', '.')) : null;
}

function lines(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function written(value: number | null): string {
  return value === null ? '' : String(round(value));
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
