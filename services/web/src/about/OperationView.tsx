// One operation of the API: what it takes, what it gives, with examples.
import { Disclosure } from '../parts/Disclosure';
import { apiReference as say } from '../strings/about';
import styles from './Api.module.css';
import { exampleOf, type Media, type Operation, type Parameter, type Schemas } from './openapi';
import { Prose, SchemaType, SchemaView } from './SchemaView';

export function OperationView({ operation, schemas }: { operation: Operation; schemas: Schemas }) {
  const { anchor, method, path, summary, description, parameters, body, responses } = operation;
  return (
    <article id={anchor} className={styles.operation}>
      <h3>
        <a href={`#${anchor}`} aria-label={say.linkTo(`${method} ${path}`)} className={styles.anchor}>
          <span className={styles.method}>{method}</span> {path}
        </a>
      </h3>
      <p className={styles.summary}>{summary}</p>
      <Prose text={description} />
      {parameters.length > 0 && (
        <>
          <h4>{say.parameters}</h4>
          <dl className={styles.properties}>
            {parameters.map((parameter) => (
              <ParameterView key={`${parameter.in}/${parameter.name}`} parameter={parameter} />
            ))}
          </dl>
        </>
      )}
      {body.length > 0 && <h4>{say.body}</h4>}
      {body.map((media) => (
        <MediaView key={media.type} media={media} schemas={schemas} isOpen />
      ))}
      {responses.length > 0 && <h4>{say.responses}</h4>}
      {responses.map(({ status, description: meaning, media }) => (
        <div key={status} className={styles.response}>
          <p>
            <b className={styles.status}>{status}</b> {meaning}
          </p>
          {media.map((one) => (
            <MediaView key={one.type} media={one} schemas={schemas} hasExample={status.startsWith('2')} />
          ))}
        </div>
      ))}
    </article>
  );
}

function ParameterView({ parameter }: { parameter: Parameter }) {
  return (
    <div>
      <dt>
        <code>{parameter.name}</code>{' '}
        <span className={styles.faint}>
          {say.in[parameter.in] ?? parameter.in}, {parameter.schema && <SchemaType schema={parameter.schema} />}
          {parameter.required ? `, ${say.required}` : ''}
        </span>
      </dt>
      <dd>
        <Prose text={parameter.description ?? ''} />
      </dd>
    </div>
  );
}

interface MediaViewProps {
  media: Media;
  schemas: Schemas;
  /** Whether its properties are shown here and not only where its schema stands. */
  isOpen?: boolean;
  hasExample?: boolean;
}

function MediaView({ media: { type, schema, example }, schemas, isOpen = false, hasExample = true }: MediaViewProps) {
  const shown = example ?? (schema === null ? undefined : exampleOf(schema, schemas));
  // A stream of events or a plain text has no example that could be made of its schema.
  const isJson = type.endsWith('json');
  return (
    <>
      <p className={styles.faint}>
        {type}
        {schema !== null && (
          <>
            {' · '}
            <SchemaType schema={schema} />
          </>
        )}
      </p>
      {isOpen && schema !== null && <SchemaView schema={schema} schemas={schemas} />}
      {hasExample && isJson && shown != null && (
        <Disclosure title={say.example} level={5}>
          <pre className={styles.example}>{JSON.stringify(shown, null, 2)}</pre>
        </Disclosure>
      )}
    </>
  );
}
