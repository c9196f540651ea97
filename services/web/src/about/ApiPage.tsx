// The API reference, made in the browser from the description that the server gives of itself.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { requestJson } from '../api/client';
import { useTitle } from '../shell/useTitle';
import { Button } from '../parts/Button';
import { ProblemNotice } from '../parts/ProblemNotice';
import { Skeleton } from '../parts/Skeleton';
import { apiReference as say } from '../strings/about';
import styles from './Api.module.css';
import { OperationView } from './OperationView';
import { readReference, type Reference } from './openapi';
import { anchorOf, Prose, SchemaView } from './SchemaView';

const FILE = '/openapi.json';

export function ApiPage() {
  useTitle(say.title);
  const reference = useQuery({
    queryKey: ['openapi'],
    queryFn: async ({ signal }) => {
      const read = readReference(await requestJson<unknown>('GET', FILE, { signal }), say.other);
      if (read === null) throw new Error(say.unreadable);
      return read;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <div className={styles.page}>
      <p className={styles.faint}>
        <Link to="/about">{say.back}</Link>
      </p>
      <h1>{say.title}</h1>
      {reference.isPending && <Skeleton lines={8} label={say.loading} />}
      {reference.isError && (
        <ProblemNotice
          title={say.failed}
          error={reference.error}
          actions={<Button onPress={() => void reference.refetch()}>{say.retry}</Button>}
        />
      )}
      {reference.isSuccess && <Told reference={reference.data} />}
    </div>
  );
}

function Told({ reference }: { reference: Reference }) {
  const { groups, schemas } = reference;

  // The place that the address names is there only now.
  useEffect(() => {
    if (location.hash !== '') document.getElementById(location.hash.slice(1))?.scrollIntoView();
  }, []);

  return (
    <>
      <Prose text={reference.description} />
      <p className={styles.faint}>
        {reference.title} {reference.version} · <a href={FILE}>{say.file}</a>
      </p>
      <nav aria-label={say.contents} className={styles.contents}>
        {groups.map(({ name, operations }) => (
          <div key={name}>
            <h2>{name}</h2>
            <ul>
              {operations.map(({ anchor, method, path }) => (
                <li key={anchor}>
                  <a href={`#${anchor}`}>
                    <span className={styles.method}>{method}</span> {path}
                  </a>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
      {groups.map(({ name, description, operations }) => (
        <section key={name} className={styles.group}>
          <h2>{name}</h2>
          <Prose text={description} />
          {operations.map((operation) => (
            <OperationView key={operation.anchor} operation={operation} schemas={schemas} />
          ))}
        </section>
      ))}
      <section className={styles.group}>
        <h2>{say.schemas}</h2>
        {Object.entries(schemas).map(([name, schema]) => (
          <article key={name} id={anchorOf(name)} className={styles.schema}>
            <h3>
              <a href={`#${anchorOf(name)}`} aria-label={say.linkTo(name)} className={styles.anchor}>
                {name}
              </a>
            </h3>
            <SchemaView schema={schema} schemas={schemas} />
          </article>
        ))}
      </section>
    </>
  );
}
