// The types of the client are those of the server's description as it is now.
import { readFile } from 'node:fs/promises';
import openapiTS, { astToString, COMMENT_HEADER } from 'openapi-typescript';
import { expect, it } from 'vitest';

it('schema.ts is what openapi-typescript makes of openapi.json: else run `npm run generate`', async () => {
  const description = new URL('../../../server/openapi.json', `file://${import.meta.filename}`);
  const made = COMMENT_HEADER + astToString(await openapiTS(await readFile(description, 'utf8')));
  const kept = await readFile(new URL('schema.ts', `file://${import.meta.filename}`), 'utf8');
  expect(kept === made).toBe(true);
});
