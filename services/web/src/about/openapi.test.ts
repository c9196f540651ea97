// The reference shows every operation and schema of the server's description.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exampleOf, propertiesOf, readReference, type Schemas } from './openapi';

const ours: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '../../../server/openapi.json'), 'utf8'));
const reference = readReference(ours, 'other');

describe('readReference', () => {
  it('reads our own description whole', () => {
    const paths = (ours as { paths: Record<string, object> }).paths;
    const operations = reference?.groups.flatMap((group) => group.operations) ?? [];
    expect(operations).toHaveLength(Object.values(paths).flatMap((item) => Object.keys(item)).length);
    expect(new Set(operations.map((one) => one.anchor)).size).toBe(operations.length);
    expect(operations.filter((one) => one.summary === '')).toEqual([]);
    expect(operations.find((one) => one.path === '/v1/answers')?.body[0]?.type).toBe('application/json');
  });

  it('makes an example of every schema', () => {
    const schemas = reference?.schemas ?? {};
    for (const schema of Object.values(schemas)) expect(JSON.stringify(exampleOf(schema, schemas))).toBeTruthy();
    expect(exampleOf({ $ref: '#/components/schemas/Citation' }, schemas)).toMatchObject({ n: 0, evidence: 'E1' });
  });

  it.each([null, 'x', [], {}])('refuses %j', (value) => {
    expect(readReference(value, 'other')).toBeNull();
  });

  it('puts what has no tag under a group of its own', () => {
    const found = readReference({ openapi: '3.1.0', paths: { '/a/{b}': { get: {} } } }, 'other');
    expect(found?.groups).toMatchObject([{ name: 'other', operations: [{ anchor: 'get-a-b-', method: 'GET' }] }]);
  });
});

describe('schemas', () => {
  const schemas: Schemas = {
    Node: { type: 'object', required: ['id'], properties: { id: { type: 'string' }, next: { $ref: '#/x/Node' } } },
    Both: {
      allOf: [
        { $ref: '#/x/Node' },
        { type: 'object', properties: { extra: { type: ['integer', 'null'], minimum: 3 } } },
      ],
    },
    Loop: { allOf: [{ $ref: '#/x/Loop' }] },
  };

  it('joins the parts of a schema', () => {
    expect(propertiesOf({ $ref: '#/x/Both' }, schemas).map(({ name, isRequired }) => [name, isRequired])).toEqual([
      ['id', true],
      ['next', false],
      ['extra', false],
    ]);
  });

  it('ends where a schema holds itself', () => {
    expect(propertiesOf({ $ref: '#/x/Loop' }, schemas)).toEqual([]);
    expect(exampleOf({ $ref: '#/x/Loop' }, schemas)).toBeNull();
    expect(JSON.stringify(exampleOf({ $ref: '#/x/Both' }, schemas))).toContain('"extra":3');
  });
});
