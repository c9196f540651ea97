// A Bundle is read into typed fields without names, and nothing is guessed or left out in silence.
import { describe, expect, it } from 'vitest';
import { patient as say } from '../strings/patient';
import { ageAt } from './age';
import { FhirError, readBundle } from './fhir';
import { empty, MAX_CHARS, MAX_ENTRIES } from './patient';

const TODAY = '2026-11-22';

const read = (...resources: unknown[]) =>
  readBundle(JSON.stringify({ resourceType: 'Bundle', entry: resources.map((resource) => ({ resource })) }), TODAY);

const observation = (code: string, value: object, more: object = {}) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code }] },
  ...value,
  ...more,
});

const weight = (value: number, unit?: string) =>
  observation('29463-7', { valueQuantity: { value, ...(unit === undefined ? {} : { unit }) } });
const egfr = (value: number, more: object = {}) =>
  observation('62238-1', { valueQuantity: { value, unit: 'mL/min/{1.73_m2}' } }, more);
const pregnancy = (concept: object) => observation('82810-3', { valueCodeableConcept: concept });
const named = (resourceType: string, text: string, more: object = {}) => ({ resourceType, code: { text }, ...more });
const state = (code: string) => ({ coding: [{ code }] });

describe('readBundle', () => {
  it('reads the typed fields and no names', () => {
    const reading = read(
      {
        resourceType: 'Patient',
        id: 'secret-id',
        name: [{ family: 'Secret' }],
        address: [{ city: 'Secretville' }],
        ...{ gender: 'female', birthDate: '1962-05-01' },
      },
      egfr(28),
      weight(71.5, 'kg'),
      pregnancy({ coding: [{ code: '60001007', display: 'Not pregnant' }] }),
      named('Condition', 'Type 2 diabetes'),
      {
        resourceType: 'MedicationStatement',
        status: 'active',
        medicationCodeableConcept: { text: 'metformin 500 mg' },
      },
      {
        resourceType: 'MedicationRequest',
        status: 'active',
        medicationCodeableConcept: { coding: [{ display: 'Ramipril' }] },
      },
      named('AllergyIntolerance', 'penicillin'),
    );
    expect(reading.patient).toEqual({
      ...{ age_years: 64, sex: 'female', pregnant: false, egfr: 28, weight_kg: 71.5 },
      ...{ conditions: ['Type 2 diabetes'], medicines: ['metformin 500 mg', 'Ramipril'], allergies: ['penicillin'] },
    });
    expect(reading.notes).toEqual([]);
    expect(JSON.stringify(reading)).not.toMatch(/secret/i);
  });

  it.each(['33914-3', '48642-3', '48643-1', '62238-1', '88293-6', '98979-8'])('reads eGFR from LOINC %s', (code) => {
    expect(read(observation(code, { valueQuantity: { value: 45, unit: 'mL/min/1.73 m²' } })).patient.egfr).toBe(45);
  });

  it('reads weight in grams, kilograms and pounds, and no other', () => {
    expect(read(weight(3125, 'g')).patient.weight_kg).toBe(3.125);
    expect(read(observation('3141-9', { valueQuantity: { value: 70, code: 'kg' } })).patient.weight_kg).toBe(70);
    expect(read(weight(154, '[lb_av]')).patient.weight_kg).toBeCloseTo(69.853, 3);
    expect(read(weight(11, 'stone'))).toEqual({ patient: empty(), notes: [say.fhir.unit('Weight', 'stone')] });
    expect(read(weight(70))).toEqual({ patient: empty(), notes: [say.fhir.noUnit('Weight')] });
    expect(read(weight(3125, 'kg'))).toEqual({ patient: empty(), notes: [say.fhir.range('Weight')] });
  });

  it('takes the newest result and says so', () => {
    const reading = read(
      egfr(28, { effectiveDateTime: '2026-11-20' }),
      egfr(61, { effectiveDateTime: '2024-01-05' }),
      egfr(99, { status: 'entered-in-error', effectiveDateTime: '2026-11-21' }),
    );
    expect(reading).toEqual({ patient: { ...empty(), egfr: 28 }, notes: [say.fhir.several('eGFR', 2)] });
  });

  it('says that a bound is no measurement, and refuses another unit', () => {
    const bound = observation('62238-1', { valueQuantity: { value: 15, comparator: '<', unit: 'mL/min/1.73m2' } });
    expect(read(bound).notes).toEqual([say.fhir.bound('eGFR', '<', '15')]);
    const other = observation('62238-1', { valueQuantity: { value: 0.4, unit: 'mL/s' } });
    expect(read(other)).toEqual({ patient: empty(), notes: [say.fhir.unit('eGFR', 'mL/s')] });
  });

  it.each([
    [{ coding: [{ code: '77386006' }] }, true],
    [{ coding: [{ code: 'LA15173-0', display: 'Pregnant' }] }, true],
    [{ text: 'Not pregnant' }, false],
    [{ coding: [{ code: 'LA26683-5' }] }, false],
    [{ coding: [{ code: '152231000119106', display: 'Pregnancy not yet confirmed' }] }, null],
    [{ coding: [{ code: 'LA4489-6', display: 'Unknown' }] }, null],
    [{ coding: [{ code: '60001007' }], text: 'Pregnant' }, null],
  ])('reads pregnancy status %j as %s', (concept, expected) => {
    const reading = read(pregnancy(concept));
    expect(reading.patient.pregnant).toBe(expected);
    expect(reading.notes).toEqual(expected === null ? [say.fhir.pregnancy] : []);
  });

  it('leaves out what is over, refuted or in error, and counts it', () => {
    const reading = read(
      named('Condition', 'Gout', { clinicalStatus: state('resolved') }),
      named('Condition', 'Asthma', { verificationStatus: state('refuted') }),
      named('AllergyIntolerance', 'latex', { verificationStatus: state('entered-in-error') }),
      { resourceType: 'MedicationRequest', status: 'stopped', medicationCodeableConcept: { text: 'warfarin' } },
      named('Condition', 'COPD', { clinicalStatus: state('active'), verificationStatus: state('confirmed') }),
    );
    expect(reading).toEqual({ patient: { ...empty(), conditions: ['COPD'] }, notes: [say.fhir.notActive(4)] });
  });

  it('finds a medicine given by reference, and says when it cannot', () => {
    const request = (reference: string, more: object = {}) => ({
      resourceType: 'MedicationRequest',
      medicationReference: { reference },
      ...more,
    });
    const bundle = {
      resourceType: 'Bundle',
      entry: [
        {
          resource: request('#inside', {
            contained: [{ resourceType: 'Medication', id: 'inside', code: { text: 'apixaban' } }],
          }),
        },
        { resource: request('Medication/m1') },
        { resource: request('urn:uuid:42') },
        { resource: { resourceType: 'Medication', id: 'm1', code: { text: 'digoxin' } } },
        { fullUrl: 'urn:uuid:42', resource: { resourceType: 'Medication', code: { text: 'lithium' } } },
        { resource: request('Medication/elsewhere') },
      ],
    };
    const reading = readBundle(JSON.stringify(bundle), TODAY);
    expect(reading.patient.medicines).toEqual(['apixaban', 'digoxin', 'lithium']);
    expect(reading.notes).toEqual([say.fhir.unnamed(1)]);
  });

  it('names each thing once and bounds what it takes, saying so', () => {
    const many = Array.from({ length: MAX_ENTRIES + 5 }, (_, n) => named('Condition', `condition ${n}`));
    const reading = read(...many, ...many, named('AllergyIntolerance', 'x'.repeat(500)));
    expect(reading.patient.conditions).toHaveLength(MAX_ENTRIES);
    expect(reading.patient.allergies).toEqual(['x'.repeat(MAX_CHARS)]);
    expect(reading.notes).toEqual([say.fhir.truncated(MAX_ENTRIES), say.fhir.shortened(MAX_CHARS)]);
  });

  it.each([
    ['<Bundle xmlns="http://hl7.org/fhir"/>', say.fhir.xml],
    ['', say.fhir.notJson],
    ['{"resourceType":"Bundle"', say.fhir.notJson],
    ['{"resourceType":"Patient"}\n{"resourceType":"Patient"}', say.fhir.notJson],
    ['null', say.fhir.notBundle(null)],
    ['[]', say.fhir.notBundle(null)],
    ['{"resourceType":"Patient"}', say.fhir.notBundle('Patient')],
  ])('refuses %j', (text, why) => {
    expect(() => readBundle(text, TODAY)).toThrow(new FhirError(why));
  });

  it('refuses a Bundle of two patients', () => {
    expect(() => read({ resourceType: 'Patient' }, { resourceType: 'Patient' })).toThrow(say.fhir.manyPatients);
  });

  it.each([
    [],
    [null, 1, 'x', [], {}],
    [
      { resourceType: 'Observation', code: { coding: 'x' } },
      { resourceType: 'Condition', code: 7 },
    ],
    [{ resourceType: 'Patient', gender: 'F', birthDate: 19620501 }],
    [observation('29463-7', { valueQuantity: { value: '70', unit: 'kg' } })],
  ])('survives malformed entries %#', (...resources) => {
    expect(read(...resources).patient).toEqual(empty());
  });

  it('keeps hostile text as text', () => {
    const hostile = '<img src=x onerror=alert(1)>';
    const reading = read(
      named('Condition', hostile),
      JSON.parse('{"resourceType":"Condition","__proto__":{"code":{"text":"polluted"}}}'),
    );
    expect(reading.patient.conditions).toEqual([hostile]);
  });
});

describe('ageAt', () => {
  it.each([
    ['1962-11-22', 64],
    ['1962-11-23', 63],
    ['2024-11-23', 23 / 12],
    ['2024-11-22', 2],
    ['2026-05-23', 5 / 12],
    ['2026-11-12', 10 / 365.25],
    ['2026-11-22', 0],
    ['2004-02-29', 22],
  ])('%s is %d', (born, years) => {
    expect(ageAt(born, TODAY)).toEqual({ years, exact: true });
  });

  it('says that part of a date is not exact', () => {
    expect(ageAt('1962', TODAY)).toEqual({ years: 64, exact: false });
    expect(ageAt('1962-12', TODAY)).toEqual({ years: 63, exact: false });
    expect(ageAt('2026-11', '2026-11-02')).toEqual({ years: 0, exact: false });
  });

  it.each(['2026-11-23', '2027', '1962-13-01', '1962-02-30', '22.11.1962', '', '196'])('refuses %j', (born) => {
    expect(ageAt(born, TODAY)).toBeNull();
  });
});
