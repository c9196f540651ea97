// The patient's context is checked before use, read from a file in the browser, and never stored.
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { patient as say } from '../strings/patient';
import type { PatientContext } from './patient';
import { PatientPanel } from './PatientPanel';

let value: PatientContext | null = null;

function Held() {
  const [held, setHeld] = useState<PatientContext | null>(null);
  const change = (next: PatientContext | null) => {
    value = next;
    setHeld(next);
  };
  return <PatientPanel value={held} onChange={change} />;
}

async function open() {
  const user = userEvent.setup();
  render(<Held />);
  await user.click(screen.getByRole('button', { name: say.button.empty }));
  return user;
}

/** jsdom's files have no `text`. */
function file(text: string, name = 'bundle.json'): File {
  return Object.assign(new File([text], name, { type: 'application/json' }), { text: () => Promise.resolve(text) });
}

async function chooseFile(user: ReturnType<typeof userEvent.setup>, chosen: File) {
  const input = document.querySelector<HTMLInputElement>('input[type=file]');
  if (input === null) throw new Error('no file field');
  await user.upload(input, chosen);
}

const bundle = (...resources: object[]) =>
  JSON.stringify({ resourceType: 'Bundle', entry: resources.map((resource) => ({ resource })) });

describe('PatientPanel', () => {
  beforeEach(() => {
    value = null;
  });

  it('says where the data goes, and uses what was typed', async () => {
    const user = await open();
    for (const point of say.privacy.points) expect(screen.getByText(point)).toBeTruthy();
    await user.type(screen.getByRole('textbox', { name: say.fields.age }), '64');
    await user.click(screen.getByRole('radio', { name: say.fields.sexes.female }));
    await user.type(screen.getByRole('textbox', { name: say.fields.egfr }), '28');
    await user.click(screen.getByRole('button', { name: say.actions.use }));
    expect(value).toMatchObject({ age_years: 64, sex: 'female', egfr: 28, pregnant: null, medicines: [] });
    const filled = await screen.findByRole('button', { name: say.button.filled('64 y, female, eGFR 28') });
    expect(filled).toBeTruthy();
    await user.click(screen.getByRole('button', { name: say.button.clear }));
    expect(value).toBeNull();
  });

  it('asks about what cannot be meant, and leads to it', async () => {
    const user = await open();
    const field = screen.getByRole('textbox', { name: say.fields.egfr });
    await user.type(field, '999');
    await user.click(screen.getByRole('button', { name: say.actions.use }));
    expect(screen.getByText(say.errors.egfr)).toBeTruthy();
    expect(document.activeElement).toBe(field);
    expect(value).toBeNull();
  });

  it('reads a file into the fields, shows what was left out, and uses nothing before it is told to', async () => {
    const send = vi.spyOn(globalThis, 'fetch');
    const user = await open();
    const text = bundle(
      { resourceType: 'Patient', name: [{ family: 'Secret' }], gender: 'male', birthDate: '1950' },
      { resourceType: 'Condition', code: { text: 'Gout' } },
    );
    await chooseFile(user, file(text));
    await waitFor(() => expect(screen.getByText(say.file.read)).toBeTruthy());
    expect(screen.getByText(say.fhir.aboutAge)).toBeTruthy();
    expect(screen.getByRole<HTMLTextAreaElement>('textbox', { name: say.fields.conditions }).value).toBe('Gout');
    expect(value).toBeNull();
    await user.click(screen.getByRole('button', { name: say.actions.use }));
    expect(value).toMatchObject({ sex: 'male', conditions: ['Gout'] });
    expect(JSON.stringify(value)).not.toContain('Secret');
    expect(document.body.textContent).not.toContain('Secret');
    expect(send).not.toHaveBeenCalled();
    expect([localStorage.length, sessionStorage.length, location.search, location.hash]).toEqual([0, 0, '', '']);
  });

  it.each([
    ['no Bundle', file('{"resourceType":"Patient"}'), say.fhir.notBundle('Patient')],
    ['no JSON', file('MSH|^~'), say.fhir.notJson],
    ['nothing of use', file(bundle({ resourceType: 'Encounter' })), say.fhir.nothing],
    ['too large', Object.defineProperty(file('{}'), 'size', { value: 6 * 1024 * 1024 }), say.file.tooLarge],
  ])('refuses a file: %s', async (_, chosen, why) => {
    const user = await open();
    await chooseFile(user, chosen);
    expect(await screen.findByText(why)).toBeTruthy();
  });
});
