// What a clinician may say of the patient: typed, checked as the server checks it, kept in memory and nowhere else.
import { patient as say } from '../strings/patient';

export const SEXES = ['female', 'male', 'other', 'unknown'] as const;
export type Sex = (typeof SEXES)[number];

export interface PatientContext {
  age_years: number | null;
  sex: Sex | null;
  pregnant: boolean | null;
  /** mL/min/1.73 m². */
  egfr: number | null;
  weight_kg: number | null;
  conditions: string[];
  /** Empty says nothing; `['none']` says that there are none. */
  medicines: string[];
  /** As with medicines. */
  allergies: string[];
}

export const LISTS = ['conditions', 'medicines', 'allergies'] as const;
export type ListField = (typeof LISTS)[number];
export type NumberField = 'age_years' | 'egfr' | 'weight_kg';

export const MAX_ENTRIES = 50;
export const MAX_CHARS = 200;

const RANGES: Readonly<Record<NumberField, { least: number; most: number; error: string }>> = {
  age_years: { least: 0, most: 130, error: say.errors.age },
  egfr: { least: 0, most: 300, error: say.errors.egfr },
  weight_kg: { least: 0.2, most: 700, error: say.errors.weight },
};

export function empty(): PatientContext {
  return {
    age_years: null,
    sex: null,
    pregnant: null,
    egfr: null,
    weight_kg: null,
    conditions: [],
    medicines: [],
    allergies: [],
  };
}

export function isEmpty(patient: PatientContext | null): boolean {
  if (patient === null) return true;
  return Object.values(patient).every((value) => value === null || (Array.isArray(value) && value.length === 0));
}

export function inRange(field: NumberField, value: number): boolean {
  const { least, most } = RANGES[field];
  return value >= least && value <= most;
}

export type PatientErrors = Partial<Record<keyof PatientContext, string>>;

/** What the server would refuse, field by field; and a man said to be pregnant, which it would not notice. */
export function check(patient: PatientContext): PatientErrors {
  const errors: PatientErrors = {};
  for (const field of ['age_years', 'egfr', 'weight_kg'] as const) {
    const value = patient[field];
    if (value !== null && !inRange(field, value)) errors[field] = RANGES[field].error;
  }
  for (const field of LISTS) {
    // Characters as the server counts them: code points.
    if (patient[field].some((entry) => Array.from(entry).length > MAX_CHARS))
      errors[field] = say.errors.entry(MAX_CHARS);
    if (patient[field].length > MAX_ENTRIES) errors[field] = say.errors.entries(MAX_ENTRIES);
  }
  if (patient.sex === 'male' && patient.pregnant === true) errors.pregnant = say.errors.pregnantMale;
  return errors;
}

/** A short line such as "64 y, female, eGFR 28"; lists are counted, not named, so that the button stays short. */
export function summary(patient: PatientContext): string {
  const { age_years: age, sex, pregnant, egfr, weight_kg: weight } = patient;
  const parts = [
    age !== null && aged(age),
    sex !== null && say.fields.sexes[sex],
    pregnant !== null && (pregnant ? say.summary.pregnant : say.summary.notPregnant),
    egfr !== null && say.summary.egfr(figure(egfr)),
    weight !== null && say.summary.weight(figure(weight)),
    patient.conditions.length > 0 && say.summary.conditions(patient.conditions.length),
    counted(patient.medicines, say.summary.noMedicines, say.summary.medicines),
    counted(patient.allergies, say.summary.noAllergies, say.summary.allergies),
  ];
  return parts.filter((part) => part !== false).join(', ');
}

/** Rounded down, as age is spoken of; a part of the first month is shown as one. */
function aged(years: number): string {
  // Twelfths of a year are not exact: 23 months must not fall to 22.
  const months = years * 12 + 1e-9;
  if (years >= 2) return say.summary.years(String(Math.floor(years)));
  return say.summary.months(months >= 1 ? String(Math.floor(months)) : figure(months));
}

function counted(list: readonly string[], none: string, some: (n: number) => string): string | false {
  if (list.length === 0) return false;
  return list.length === 1 && list[0]?.toLowerCase() === 'none' ? none : some(list.length);
}

function figure(value: number): string {
  return String(Math.round(value * 10) / 10);
}
