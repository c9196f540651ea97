// A schema in words: of what type, within which bounds, with which properties.
import { Fragment, type ReactNode } from 'react';
import { apiReference as say } from '../strings/about';
import styles from './Api.module.css';
import { nameOf, propertiesOf, type Schema, type Schemas } from './openapi';

export function anchorOf(schema: string): string {
  return `schema-${schema}`;
}

export function SchemaView({ schema, schemas }: { schema: Schema; schemas: Schemas }) {
  const properties = propertiesOf(schema, schemas);
  return (
    <>
      <Prose text={schema.description ?? ''} />
      {properties.length === 0 && schema.$ref === undefined && (
        <p className={styles.faint}>
          <SchemaType schema={schema} />
          {boundsOf(schema)}
        </p>
      )}
      {properties.length > 0 && (
        <dl className={styles.properties}>
          {properties.map(({ name, schema: property, isRequired }) => (
            <div key={name}>
              <dt>
                <code>{name}</code>{' '}
                <span className={styles.faint}>
                  <SchemaType schema={property} />
                  {boundsOf(property)}
                  {isRequired ? '' : `, ${say.optional}`}
                </span>
              </dt>
              <dd>
                <Prose text={descriptionOf(property)} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}

/** The type, with a link to every schema that it names. */
export function SchemaType({ schema }: { schema: Schema }): ReactNode {
  if (schema.$ref !== undefined) {
    const name = nameOf(schema.$ref);
    return <a href={`#${anchorOf(name)}`}>{name}</a>;
  }
  if (schema.enum !== undefined) return between(schema.enum.map((value) => <code>{JSON.stringify(value)}</code>));
  const choices = schema.oneOf ?? schema.anyOf ?? (schema.allOf?.length === 1 ? schema.allOf : undefined);
  if (choices !== undefined) return between(choices.map((choice) => <SchemaType schema={choice} />));
  if (schema.items !== undefined) {
    return (
      <>
        {say.list} <SchemaType schema={schema.items} />
      </>
    );
  }
  return [schema.type ?? say.anything].flat().join(say.or);
}

function between(parts: ReactNode[]): ReactNode {
  return parts.map((part, index) => (
    <Fragment key={index}>
      {index > 0 && say.or}
      {part}
    </Fragment>
  ));
}

function boundsOf({ minimum, maximum, maxLength, default: byDefault }: Schema): string {
  const parts: string[] = [];
  if (minimum !== undefined && maximum !== undefined) parts.push(say.between(String(minimum), String(maximum)));
  else if (maximum !== undefined) parts.push(say.most(String(maximum)));
  // "At least 0" says no more than the type does.
  else if (minimum !== undefined && minimum !== 0) parts.push(say.least(String(minimum)));
  if (maxLength !== undefined) parts.push(say.characters(maxLength.toLocaleString('en')));
  if (byDefault != null) parts.push(say.byDefault(JSON.stringify(byDefault)));
  return parts.map((part) => `, ${part}`).join('');
}

function descriptionOf(schema: Schema): string {
  if (schema.description !== undefined) return schema.description;
  return schema.oneOf?.find((one) => one.description !== undefined)?.description ?? '';
}

/** Paragraphs with `code`: all that descriptions use of Markdown. */
export function Prose({ text }: { text: string }) {
  if (text === '') return null;
  return text.split(/\n{2,}/).map((paragraph, index) => (
    <p key={index} className={styles.prose}>
      {paragraph
        .split(/\[?`([^`]*)`\]?/)
        .map((part, place) => (place % 2 === 1 ? <code key={place}>{part}</code> : part))}
    </p>
  ));
}
