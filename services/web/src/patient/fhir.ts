// Reads a FHIR R4 Bundle in the browser into the typed fields: names, identifiers and addresses never leave the machine.
import { patient as say } from '../strings/patient';
import { ageAt } from './age';
import { empty, inRange, LISTS, MAX_CHARS, MAX_ENTRIES, SEXES, type PatientContext } from './patient';
import { at, listAt, numberAt, parsed, textAt } from './json';

export interface Reading {
  patient: PatientContext;
  /** What was left out or is not as exact as it looks, for whoever checks the fields. */
  notes: string[];
}

/** Why a file cannot be read, for people. */
export class FhirError extends Error {}

const EGFR = ['33914-3', '48642-3', '48643-1', '62238-1', '88293-6', '98979-8'];
const WEIGHT = ['29463-7', '3141-9'];
const PREGNANCY = ['82810-3'];

/** By code of SNOMED CT or LOINC; a status in words alone is read only where it says exactly this. */
const PREGNANT = ['77386006', 'LA15173-0', 'pregnant', 'yes'];
const NOT_PREGNANT = ['60001007', 'LA26683-5', 'not pregnant', 'no'];

/** States of resources that say "not so" or "no longer so"; all of them codes of FHIR R4. */
const VOID = [
  ...['entered-in-error', 'cancelled', 'not-taken', 'stopped', 'completed', 'draft'],
  ...['refuted', 'inactive', 'resolved', 'remission'],
];

const KILOGRAMS: Readonly<Record<string, number>> = {
  kg: 1,
  g: 0.001,
  '[lb_av]': 0.45359237,
  lb: 0.45359237,
  lbs: 0.45359237,
};

/** `today` is a date such as `2026-11-22`. Throws a `FhirError` for what is no Bundle of one patient. */
export function readBundle(text: string, today: string): Reading {
  const resources = resourcesOf(text);
  const ofType = (...types: string[]) => resources.filter((one) => types.includes(textAt(one, 'resourceType') ?? ''));
  const patients = ofType('Patient');
  if (patients.length > 1) throw new FhirError(say.fhir.manyPatients);

  const reading: Reading = { patient: empty(), notes: [] };
  if (patients[0] !== undefined) readPatient(patients[0], today, reading);
  const observations = ofType('Observation').filter((one) => !isVoid(one));
  readEgfr(newest(observations, EGFR, say.fields.egfr, reading), reading);
  readWeight(newest(observations, WEIGHT, say.fields.weight, reading), reading);
  readPregnancy(newest(observations, PREGNANCY, say.fields.pregnant, reading), reading);

  const skipped = { void: 0, unnamed: 0 };
  const names = (found: unknown[], concept: (resource: unknown) => unknown): string[] =>
    found.flatMap((resource) => {
      if (isVoid(resource)) skipped.void += 1;
      const name = isVoid(resource) ? null : nameOf(concept(resource));
      if (name === null && !isVoid(resource)) skipped.unnamed += 1;
      return name ?? [];
    });
  const lists = {
    conditions: names(ofType('Condition'), (one) => at(one, 'code')),
    medicines: names(ofType('MedicationStatement', 'MedicationRequest'), (one) => medicine(one, resources)),
    allergies: names(ofType('AllergyIntolerance'), (one) => at(one, 'code')),
  };
  for (const field of LISTS) reading.patient[field] = bounded(lists[field], reading.notes);
  if (skipped.void > 0) reading.notes.push(say.fhir.notActive(skipped.void));
  if (skipped.unnamed > 0) reading.notes.push(say.fhir.unnamed(skipped.unnamed));
  return reading;
}

function resourcesOf(text: string): unknown[] {
  if (text.trimStart().startsWith('<')) throw new FhirError(say.fhir.xml);
  const bundle = parsed(text);
  if (bundle === undefined) throw new FhirError(say.fhir.notJson);
  const type = textAt(bundle, 'resourceType');
  if (type !== 'Bundle') throw new FhirError(say.fhir.notBundle(type?.slice(0, 40) ?? null));
  return listAt(bundle, 'entry').map((entry) => {
    const resource = at(entry, 'resource');
    // The address by which other entries may name this one.
    return typeof resource === 'object' && resource !== null
      ? { ...resource, fullUrl: at(entry, 'fullUrl') }
      : resource;
  });
}

function readPatient(resource: unknown, today: string, { patient, notes }: Reading): void {
  const gender = textAt(resource, 'gender');
  patient.sex = SEXES.find((sex) => sex === gender) ?? null;
  const born = textAt(resource, 'birthDate');
  if (born === null) return;
  const age = ageAt(born, today);
  if (age === null || !inRange('age_years', age.years)) {
    notes.push(say.fhir.birthDate);
  } else {
    patient.age_years = age.years;
    if (!age.exact) notes.push(say.fhir.aboutAge);
  }
}

function readEgfr(observation: unknown, { patient, notes }: Reading): void {
  const found = quantity(observation, say.fields.egfr, notes);
  if (found === null) return;
  // `mL/min/{1.73_m2}` in UCUM; laboratories write it in many ways. A rate in another volume is another thing.
  if (!/^ml\/min(\/|$)/i.test(found.unit.replaceAll(' ', ''))) notes.push(say.fhir.unit(say.fields.egfr, found.unit));
  else if (!inRange('egfr', found.value)) notes.push(say.fhir.range(say.fields.egfr));
  else patient.egfr = found.value;
}

function readWeight(observation: unknown, { patient, notes }: Reading): void {
  const found = quantity(observation, say.fields.weight, notes);
  if (found === null) return;
  const factor = KILOGRAMS[found.unit.toLowerCase()];
  const kilograms = factor === undefined ? null : Math.round(found.value * factor * 1000) / 1000;
  if (kilograms === null) notes.push(say.fhir.unit(say.fields.weight, found.unit));
  else if (!inRange('weight_kg', kilograms)) notes.push(say.fhir.range(say.fields.weight));
  else patient.weight_kg = kilograms;
}

function readPregnancy(observation: unknown, { patient, notes }: Reading): void {
  if (observation === undefined) return;
  const concept = at(observation, 'valueCodeableConcept');
  const codings = listAt(concept, 'coding');
  const words = [textAt(concept, 'text'), ...codings.flatMap((one) => [textAt(one, 'code'), textAt(one, 'display')])];
  const said = words.map((word) => word?.trim().toLowerCase());
  const says = (meanings: string[]) => meanings.some((meaning) => said.includes(meaning.toLowerCase()));
  if (says(PREGNANT) !== says(NOT_PREGNANT)) patient.pregnant = says(PREGNANT);
  else notes.push(say.fhir.pregnancy);
}

function quantity(observation: unknown, what: string, notes: string[]): { value: number; unit: string } | null {
  const found = at(observation, 'valueQuantity');
  const value = numberAt(found, 'value');
  if (value === null) return null;
  const unit = textAt(found, 'code') ?? textAt(found, 'unit');
  if (unit === null) {
    notes.push(say.fhir.noUnit(what));
    return null;
  }
  const sign = textAt(found, 'comparator');
  if (sign !== null) notes.push(say.fhir.bound(what, sign, String(value)));
  return { value, unit };
}

/** The newest result with one of the codes and something in it; among equals the last of the file. */
function newest(observations: unknown[], codes: string[], what: string, { notes }: Reading): unknown {
  const found = observations
    .filter((one) => listAt(at(one, 'code'), 'coding').some((coding) => codes.includes(textAt(coding, 'code') ?? '')))
    .filter(
      (one) => numberAt(at(one, 'valueQuantity'), 'value') !== null || at(one, 'valueCodeableConcept') !== undefined,
    );
  if (found.length > 1) notes.push(say.fhir.several(what, found.length));
  return found.sort((a, b) => taken(a) - taken(b)).at(-1);
}

function taken(observation: unknown): number {
  const period = at(observation, 'effectivePeriod');
  const when = textAt(observation, 'effectiveDateTime') ?? textAt(observation, 'effectiveInstant');
  const time = Date.parse(
    when ?? textAt(period, 'end') ?? textAt(period, 'start') ?? textAt(observation, 'issued') ?? '',
  );
  return Number.isNaN(time) ? 0 : time;
}

function isVoid(resource: unknown): boolean {
  const states = ['clinicalStatus', 'verificationStatus'].flatMap((key) =>
    listAt(at(resource, key), 'coding').map((coding) => textAt(coding, 'code')),
  );
  return [textAt(resource, 'status'), ...states].some((state) => state !== null && VOID.includes(state));
}

/** The concept itself, or that of the Medication it points to, inside the resource or elsewhere in the Bundle. */
function medicine(resource: unknown, resources: unknown[]): unknown {
  const concept = at(resource, 'medicationCodeableConcept');
  const reference = textAt(at(resource, 'medicationReference'), 'reference');
  if (concept !== undefined || reference === null)
    return concept ?? { text: textAt(at(resource, 'medicationReference'), 'display') };
  const target = [...listAt(resource, 'contained'), ...resources].find((one) => {
    const id = textAt(one, 'id');
    return textAt(one, 'fullUrl') === reference || (id !== null && [`#${id}`, `Medication/${id}`].includes(reference));
  });
  return at(target, 'code') ?? { text: textAt(at(resource, 'medicationReference'), 'display') };
}

function nameOf(concept: unknown): string | null {
  const displays = listAt(concept, 'coding').map((coding) => textAt(coding, 'display'));
  const name = [textAt(concept, 'text'), ...displays].find((text) => text !== null && text.trim() !== '');
  return name?.replaceAll(/\s+/g, ' ').trim() ?? null;
}

function bounded(names: string[], notes: string[]): string[] {
  const once = new Map(names.map((name) => [name.toLowerCase(), name]));
  const cut = [...once.values()].map((name) => Array.from(name).slice(0, MAX_CHARS).join(''));
  if ([...once.values()].some((name, index) => name !== cut[index])) notes.push(say.fhir.shortened(MAX_CHARS));
  if (cut.length > MAX_ENTRIES) notes.push(say.fhir.truncated(MAX_ENTRIES));
  return cut.slice(0, MAX_ENTRIES);
}
