// The checksum is the one that the server makes.
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { sha256 } from './digest';

it('is that of the UTF-8 bytes', async () => {
  for (const text of ['', 'abc', 'eGFR ≥ 30 😀 e\u0301\n']) {
    expect(await sha256(text)).toBe(createHash('sha256').update(text, 'utf8').digest('hex'));
  }
});
