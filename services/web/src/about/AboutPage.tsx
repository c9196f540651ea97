// What this service is for and not for, what it runs on, and how well it did when it was measured.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { aboutQuery } from '../api/keys';
import type { About, Corpus, ModelInUse } from '../api/types';
import { useTitle } from '../shell/useTitle';
import { Button } from '../parts/Button';
import { Disclosure } from '../parts/Disclosure';
import { ProblemNotice, sentence } from '../parts/ProblemNotice';
import { Skeleton } from '../parts/Skeleton';
import { about as say } from '../strings/about';
import { literature } from '../strings/literature';
import styles from './About.module.css';
import { Figures } from './Figures';
import { packages } from './licences';
import texts from './licences.txt?url';

export function AboutPage() {
  useTitle(say.title);
  const about = useQuery(aboutQuery);
  return (
    <div className={styles.page}>
      <h1>{say.title}</h1>
      {about.isPending && <Skeleton lines={6} label={say.loading} />}
      {about.isError && (
        <ProblemNotice
          title={say.failed}
          error={about.error}
          actions={<Button onPress={() => void about.refetch()}>{say.retry}</Button>}
        />
      )}
      {about.isSuccess && <Told about={about.data} />}
      <Section title={say.headings.model}>
        <p>
          {say.model.words} <Link to="/about/model">{say.model.link}</Link>.
        </p>
      </Section>
      <Section title={say.headings.api}>
        <p>
          {say.api.words} <Link to="/about/api">{say.api.link}</Link>. <a href="/openapi.json">{say.api.description}</a>
          .
        </p>
      </Section>
      <Section title={say.headings.licences}>
        <p>
          {say.licences.words} <a href={texts}>{say.licences.texts}</a>.
        </p>
        <Disclosure title={say.licences.list(packages.length)}>
          <Packages />
        </Disclosure>
      </Section>
    </div>
  );
}

function Told({ about }: { about: About }) {
  const { service, history } = about;
  return (
    <>
      <p className={styles.faint}>{say.version(service.name, service.version)}</p>
      <Section title={say.headings.use}>
        <p className={styles.lead}>{about.intended_use}</p>
        <p>{say.modes[about.mode] ?? about.mode}</p>
      </Section>
      <Section title={say.headings.users}>
        <p>{about.intended_users}</p>
      </Section>
      <Section title={say.headings.notFor}>
        <ul className={styles.points}>
          {about.not_for.map((one) => (
            <li key={one}>{sentence(one)}</li>
          ))}
        </ul>
      </Section>
      <Section title={say.headings.models}>
        {about.models.length === 0 && <p>{say.noModels}</p>}
        {about.models.map((model) => (
          <Model key={`${model.role}/${model.id}`} model={model} />
        ))}
      </Section>
      <Section title={say.headings.corpora}>
        <p>{say.snapshot(String(about.snapshot))}</p>
        {about.corpora.length === 0 && <p>{say.noCorpora}</p>}
        {about.corpora.map((corpus) => (
          <HeldCorpus key={corpus.id} corpus={corpus} />
        ))}
      </Section>
      <Section title={say.headings.figures}>
        <Figures figures={about.figures} />
      </Section>
      <Section title={say.headings.history}>
        <ul className={styles.points}>
          <li>{say.history.record}</li>
          <li>{history.kept_days == null ? say.history.forever : say.history.days(history.kept_days)}</li>
          <li>{history.owner_may_delete ? say.history.mayDelete : say.history.mayNot}</li>
          <li>{say.history.patient}</li>
        </ul>
      </Section>
    </>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.section}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function Model({ model }: { model: ModelInUse }) {
  return (
    <Entry title={model.id} note={say.roles[model.role] ?? model.role}>
      <Fact name={say.revision}>{model.revision ?? say.notStated}</Fact>
      <Fact name={say.licence}>{model.licence ?? say.notStated}</Fact>
      <Fact name={say.sha256}>{model.sha256 ? <code>{model.sha256}</code> : say.notStated}</Fact>
    </Entry>
  );
}

function HeldCorpus({ corpus }: { corpus: Corpus }) {
  const kinds: Readonly<Record<string, string>> = literature.kinds;
  const count = (n: number) => n.toLocaleString('en');
  return (
    <Entry title={corpus.title} note={kinds[corpus.kind] ?? corpus.kind}>
      <Fact name={say.holds}>{say.counts(count(corpus.documents), count(corpus.passages))}</Fact>
      <Fact name={say.issuer}>{corpus.issuer}</Fact>
      <Fact name={say.licence}>{corpus.licence ?? say.notStated}</Fact>
      <Fact name={say.jurisdiction}>{corpus.jurisdiction}</Fact>
      <Fact name={say.language}>{corpus.language}</Fact>
    </Entry>
  );
}

function Entry({ title, note, children }: { title: string; note: string; children: ReactNode }) {
  return (
    <div className={styles.entry}>
      <h3>{title}</h3>
      <p className={styles.faint}>{note}</p>
      <dl className={styles.facts}>{children}</dl>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Packages() {
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">{say.licences.package}</th>
          <th scope="col">{say.licences.version}</th>
          <th scope="col">{say.licences.licence}</th>
        </tr>
      </thead>
      <tbody>
        {packages.map(({ name, version, licence }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{version}</td>
            <td>{licence}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
