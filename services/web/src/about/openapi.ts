// An OpenAPI 3.1 description as the reference shows it: operations by tag, and schemas flattened to lists of properties.
export interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: unknown[];
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
  additionalProperties?: boolean | Schema;
  example?: unknown;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
}

export type Schemas = Readonly<Record<string, Schema>>;

export interface Media {
  type: string;
  schema: Schema | null;
  example: unknown;
}

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
}

export interface Operation {
  anchor: string;
  method: string;
  path: string;
  summary: string;
  description: string;
  parameters: Parameter[];
  body: Media[];
  responses: { status: string; description: string; media: Media[] }[];
}

export interface Reference {
  title: string;
  version: string;
  description: string;
  groups: { name: string; description: string; operations: Operation[] }[];
  schemas: Schemas;
}

type Content = Record<string, { schema?: Schema; example?: unknown }>;

interface RawOperation {
  tags?: string[];
  summary?: string;
  description?: string;
  operationId?: string;
  parameters?: Parameter[];
  requestBody?: { content?: Content };
  responses?: Record<string, { description?: string; content?: Content }>;
}

interface Raw {
  openapi: string;
  info?: { title?: string; version?: string; description?: string };
  paths?: Record<string, Record<string, RawOperation>>;
  components?: { schemas?: Record<string, Schema> };
  tags?: { name: string; description?: string }[];
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** Null for what is no description of an API. It comes from our own server, so its inside is taken as it should be. */
export function readReference(value: unknown, other: string): Reference | null {
  if (typeof value !== 'object' || value === null || !('openapi' in value)) return null;
  const raw = value as Raw;
  const groups = new Map<string, { name: string; description: string; operations: Operation[] }>();
  for (const { name, description = '' } of raw.tags ?? []) groups.set(name, { name, description, operations: [] });
  for (const [path, item] of Object.entries(raw.paths ?? {})) {
    for (const method of METHODS) {
      const operation = item[method];
      if (operation === undefined) continue;
      const name = operation.tags?.[0] ?? other;
      const group = groups.get(name) ?? { name, description: '', operations: [] };
      groups.set(name, group);
      group.operations.push(readOperation(method, path, operation));
    }
  }
  return {
    title: raw.info?.title ?? '',
    version: raw.info?.version ?? '',
    description: raw.info?.description ?? '',
    groups: [...groups.values()].filter((group) => group.operations.length > 0),
    schemas: raw.components?.schemas ?? {},
  };
}

function readOperation(method: string, path: string, raw: RawOperation): Operation {
  return {
    anchor: raw.operationId ?? `${method}${path.replaceAll(/[^\w]+/g, '-')}`,
    method: method.toUpperCase(),
    path,
    summary: raw.summary ?? '',
    description: raw.description ?? '',
    parameters: raw.parameters ?? [],
    body: readContent(raw.requestBody?.content),
    responses: Object.entries(raw.responses ?? {}).map(([status, { description = '', content }]) => ({
      status,
      description,
      media: readContent(content),
    })),
  };
}

function readContent(content: Content = {}): Media[] {
  return Object.entries(content).map(([type, { schema, example }]) => ({ type, schema: schema ?? null, example }));
}

export function nameOf(ref: string): string {
  return ref.slice(ref.lastIndexOf('/') + 1);
}

export interface Property {
  name: string;
  schema: Schema;
  isRequired: boolean;
}

/** The properties of an object, those of all its parts together. Empty for what is no object. */
export function propertiesOf(schema: Schema, schemas: Schemas, seen: readonly string[] = []): Property[] {
  if (schema.$ref !== undefined) {
    const name = nameOf(schema.$ref);
    const target = schemas[name];
    return target === undefined || seen.includes(name) ? [] : propertiesOf(target, schemas, [...seen, name]);
  }
  const own = Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    schema: property,
    isRequired: schema.required?.includes(name) ?? false,
  }));
  return [...(schema.allOf ?? []).flatMap((part) => propertiesOf(part, schemas, seen)), ...own];
}

const MAX_DEPTH = 8;

/** An example where the description gives one, else one made of its parts. Schemas that hold themselves end in null. */
export function exampleOf(schema: Schema, schemas: Schemas, depth = 0): unknown {
  if (schema.example !== undefined) return schema.example;
  if (schema.default !== undefined) return schema.default;
  if (depth > MAX_DEPTH) return null;
  if (schema.$ref !== undefined) {
    const target = schemas[nameOf(schema.$ref)];
    return target === undefined ? null : exampleOf(target, schemas, depth + 1);
  }
  if (schema.enum !== undefined) return schema.enum[0] ?? null;
  const choice = (schema.oneOf ?? schema.anyOf)?.find((one) => one.type !== 'null');
  if (choice !== undefined) return exampleOf(choice, schemas, depth + 1);
  const properties = propertiesOf(schema, schemas);
  if (properties.length > 0) {
    return Object.fromEntries(
      properties.map(({ name, schema: inner }) => [name, exampleOf(inner, schemas, depth + 1)]),
    );
  }
  // One schema under a description of its own.
  if (schema.allOf?.[0] !== undefined) return exampleOf(schema.allOf[0], schemas, depth + 1);
  return plainExample(schema, schemas, depth);
}

function plainExample(schema: Schema, schemas: Schemas, depth: number): unknown {
  switch ([schema.type].flat().find((type) => type !== 'null')) {
    case 'array':
      return schema.items === undefined ? [] : [exampleOf(schema.items, schemas, depth + 1)];
    case 'string':
      return 'text';
    case 'integer':
    case 'number':
      return schema.minimum ?? 0;
    case 'boolean':
      return false;
    case 'object':
      return {};
    default:
      return null;
  }
}
