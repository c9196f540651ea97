// What is said of a patient goes with the question and nowhere else.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { describe } from 'vitest';
import { patient } from '../src/strings/patient';
import { answered, ask, get, questionOf, send } from './support/acts';
import { expect, test } from './support/test';

const METFORMIN = 'In adults with type 2 diabetes, when should metformin not be started?';
const NITROFURANTOIN = 'Is nitrofurantoin safe in renal impairment?';

describe('a patient’s context', () => {
  const SECRET = 'Quillfeather syndrome';
  const bundle = {
    resourceType: 'Bundle',
    entry: [
      { resource: { resourceType: 'Patient', name: [{ family: 'Zanzibarov' }], gender: 'female', birthDate: '1962-03-01' } },
      { resource: { resourceType: 'Condition', code: { text: SECRET } } },
      {
        resource: {
          ...{ resourceType: 'Observation', status: 'final' },
          code: { coding: [{ system: 'http://loinc.org', code: '33914-3' }] },
          valueQuantity: { value: 28, code: 'mL/min/{1.73_m2}' },
        },
      },
    ],
  };

  const fill: Record<string, (page: Page, dialog: Locator) => Promise<void>> = {
    typed: async (_, dialog) => {
      await dialog.getByRole('textbox', { name: patient.fields.age, exact: true }).fill('64');
      await dialog.getByText(patient.fields.sexes.female, { exact: true }).click();
      await dialog.getByRole('textbox', { name: patient.fields.egfr }).fill('28');
      await dialog.getByRole('textbox', { name: patient.fields.conditions }).fill(SECRET);
    },
    'from a FHIR file': async (page, dialog) => {
      const choosing = page.waitForEvent('filechooser');
      await dialog.getByRole('button', { name: patient.file.choose, exact: true }).click();
      const file = { name: 'Zanzibarov.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(bundle)) };
      await (await choosing).setFiles(file);
      await dialog.getByText(patient.file.read, { exact: true }).waitFor();
    },
    'dropped as a FHIR file': async (page, dialog) => {
      const folder = await mkdtemp(join(tmpdir(), 'osler-drop-'));
      try {
        const path = join(folder, 'Zanzibarov.json');
        await writeFile(path, JSON.stringify(bundle));
        const box = await dialog.getByText(patient.file.drop, { exact: true }).boundingBox();
        const [x, y] = [(box?.x ?? 0) + 4, (box?.y ?? 0) + 4];
        // As the browser itself does it: a page cannot make up a file that is dragged.
        const devtools = await page.context().newCDPSession(page);
        for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
          const data = { items: [], files: [path], dragOperationsMask: 1 };
          await devtools.send('Input.dispatchDragEvent', { type, x, y, data });
        }
        await dialog.getByText(patient.file.read, { exact: true }).waitFor();
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  };

  test.for(Object.keys(fill))('%s goes with the question and nowhere else', async (way, { page }) => {
    const requests: string[] = [];
    page.on('request', (request) => requests.push(`${request.method()} ${request.url()} ${request.postData() ?? ''}`));
    await page.goto('/');
    await page.getByRole('button', { name: patient.button.empty, exact: true }).click();
    const dialog = page.getByRole('dialog', { name: patient.title });
    for (const point of patient.privacy.points) await dialog.getByText(point, { exact: true }).waitFor();
    await fill[way]?.(page, dialog);
    await dialog.getByRole('button', { name: patient.actions.use, exact: true }).click();
    await page.getByRole('button', { name: /eGFR 28/ }).waitFor();
    const turn = await ask(page, NITROFURANTOIN);
    const next = await ask(page, METFORMIN);

    const withSecret = requests.filter((request) => request.includes(SECRET));
    expect(withSecret).toHaveLength(2);
    for (const request of withSecret) {
      expect(request).toMatch(/^POST \S+\/v1\/answers /);
      const { patient: sent } = JSON.parse(request.slice(request.indexOf('{'))) as { patient: unknown };
      expect(sent).toMatchObject({ sex: 'female', egfr: 28, conditions: [SECRET], medicines: [], weight_kg: null });
    }
    expect(requests.filter((request) => request.includes('Zanzibarov') || request.includes('1962'))).toEqual([]);

    const kept = await page.evaluate(async () => {
      const bases = await indexedDB.databases();
      const stores = [{ ...localStorage }, { ...sessionStorage }, document.cookie, bases, await caches.keys()];
      return JSON.stringify([...stores, window.history.state]);
    });
    const records = await Promise.all([turn, next].map(({ answer }) => get(page, `/v1/answers/${answer.id}`)));
    const path = `/v1${new URL(page.url()).pathname.replace('/c/', '/conversations/')}`;
    const whole = await page.evaluate((address) => fetch(address).then((response) => response.text()), path);
    for (const place of [page.url(), kept, JSON.stringify(records), whole]) {
      for (const secret of [SECRET, encodeURIComponent(SECRET), '"egfr":28', 'Zanzibarov']) expect(place).not.toContain(secret);
    }

    await page.reload();
    await answered(page, METFORMIN);
    await page.getByRole('button', { name: patient.button.empty, exact: true }).waitFor();
    expect(await page.locator('body').textContent()).not.toContain(SECRET);
  });

  test('can be cleared, and is then not sent', async ({ page }) => {
    await page.goto('/');
    await page.getByRole('button', { name: patient.button.empty, exact: true }).click();
    const dialog = page.getByRole('dialog', { name: patient.title });
    await fill['typed']?.(page, dialog);
    await dialog.getByRole('button', { name: patient.actions.use, exact: true }).click();
    await page.getByRole('button', { name: patient.button.clear, exact: true }).click();
    const sent = questionOf(page);
    await send(page, NITROFURANTOIN);
    expect((await sent).postData()).not.toContain(SECRET);
    await answered(page, NITROFURANTOIN);
  });
});
