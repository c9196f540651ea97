// The lists of packages and licences are those of the lock file, and no licence is one that we cannot pass on.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { licenceTexts, packagesIn } from './licences';

const MAY_BE_PASSED_ON = ['Apache-2.0', 'MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Unlicense', 'OFL-1.1'];

const root = join(import.meta.dirname, '../..');
const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Parameters<typeof packagesIn>[0];
const packages = packagesIn(lock);

describe('licences', () => {
  it('are kept as a list', async () => {
    await expect(`${JSON.stringify(packages, null, 2)}\n`).toMatchFileSnapshot('./licences.json');
  });

  it('are kept as texts', async () => {
    const texts = packages.map(({ name }) => {
      const room = join(root, 'node_modules', name);
      const file = readdirSync(room).find((one) => /^licen[cs]e/i.test(one));
      // One package states its licence in its manifest only.
      const text = file === undefined ? 'MIT, as its manifest states.' : readFileSync(join(room, file), 'utf8');
      return { name, text };
    });
    expect(texts.filter(({ text }) => text.startsWith('MIT, as')).map(({ name }) => name)).toEqual(['client-only']);
    await expect(licenceTexts(texts)).toMatchFileSnapshot('./licences.txt');
  });

  it('may all be passed on', () => {
    expect(packages.filter(({ licence }) => !MAY_BE_PASSED_ON.includes(licence))).toEqual([]);
    expect(packages.map(({ name }) => name)).toContain('react');
  });
});
