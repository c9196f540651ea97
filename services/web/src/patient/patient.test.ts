// What is typed is sent as it was meant or asked about again; the bounds are the server's.
import { describe, expect, it } from 'vitest';
import { draftOf, EMPTY, patientOf } from './draft';
import { check, empty, isEmpty, MAX_CHARS, MAX_ENTRIES, summary, type PatientContext } from './patient';

const patient = (some: Partial<PatientContext>): PatientContext => ({ ...empty(), ...some });

describe('isEmpty', () => {
  it('knows nothing from something', () => {
    expect(isEmpty(null)).toBe(true);
    expect(isEmpty(empty())).toBe(true);
    expect(isEmpty(patient({ pregnant: false }))).toBe(false);
    expect(isEmpty(patient({ age_years: 0 }))).toBe(false);
    expect(isEmpty(patient({ allergies: ['none'] }))).toBe(false);
  });
});

describe('summary', () => {
  it('is one short line', () => {
    expect(summary(patient({ age_years: 64, sex: 'female', egfr: 28 }))).toBe('64 y, female, eGFR 28');
    expect(summary(empty())).toBe('');
  });

  it('speaks of infants in months and of lists by their length', () => {
    const infant = patient({
      age_years: 7 / 12,
      weight_kg: 7.25,
      medicines: ['none'],
      allergies: ['penicillin', 'latex'],
    });
    expect(summary(infant)).toBe('7 mo, 7.3 kg, no medicines, 2 allergies');
  });

  it('never makes a person older than they are', () => {
    expect(summary(patient({ age_years: 17.99 }))).toBe('17 y');
    expect(summary(patient({ age_years: 23.9 / 12 }))).toBe('23 mo');
  });
});

describe('check', () => {
  it.each([
    ['age_years', 0, true],
    ['age_years', 130, true],
    ['age_years', 131, false],
    ['egfr', 300, true],
    ['egfr', 301, false],
    ['weight_kg', 0.2, true],
    ['weight_kg', 0.1, false],
    ['weight_kg', 701, false],
  ] as const)('%s %d: %s', (field, value, fine) => {
    expect(Object.keys(check(patient({ [field]: value })))).toEqual(fine ? [] : [field]);
  });

  it('bounds lists as the server does, in code points', () => {
    expect(check(patient({ conditions: Array<string>(MAX_ENTRIES).fill('𝕏'.repeat(MAX_CHARS)) }))).toEqual({});
    expect(check(patient({ conditions: Array<string>(MAX_ENTRIES + 1).fill('x') }))).toHaveProperty('conditions');
    expect(check(patient({ allergies: ['x'.repeat(MAX_CHARS + 1)] }))).toHaveProperty('allergies');
  });

  it('asks about a pregnant man', () => {
    expect(check(patient({ sex: 'male', pregnant: true }))).toHaveProperty('pregnant');
    expect(check(patient({ sex: 'male', pregnant: false }))).toEqual({});
  });
});

describe('the form', () => {
  it('reads what was typed', () => {
    const draft = {
      ...EMPTY,
      age: '18',
      ageUnit: 'months',
      weight: '10,5',
      medicines: ' ramipril 5 mg \n\n',
      pregnant: 'no',
    } as const;
    expect(patientOf(draft)).toEqual({
      patient: patient({ age_years: 1.5, weight_kg: 10.5, medicines: ['ramipril 5 mg'], pregnant: false }),
      errors: {},
    });
  });

  it.each(['6O', '1,000', '-4', '1e3', 'NaN', 'Infinity', '12345', '٣'])('asks about %s rather than guess', (typed) => {
    expect(patientOf({ ...EMPTY, age: typed }).errors).toHaveProperty('age_years');
  });

  it('gives back what it was given', () => {
    const known = patient({
      ...{ age_years: 64, sex: 'female', pregnant: false, egfr: 28.4, weight_kg: 3.125 },
      ...{ conditions: ['gout', 'CKD 4'], medicines: ['none'], allergies: ['penicillin'] },
    });
    expect(patientOf(draftOf(known))).toEqual({ patient: known, errors: {} });
    expect(patientOf(draftOf(patient({ age_years: 0.5 }))).patient.age_years).toBe(0.5);
    expect(patientOf(EMPTY)).toEqual({ patient: empty(), errors: {} });
  });
});
