// The labelling: use and limits first, then what runs, the corpora, and what was measured.
import type { ReactNode } from 'react';
import { Copyable } from '../parts/Copyable';
import { Disclosure } from '../parts/Disclosure';
import { sentence } from '../parts/ProblemNotice';
import { WideTable } from '../parts/WideTable';
import { about } from '../strings/about';
import { model } from '../strings/model';
import { Measured } from './Measured';
import type { CorpusScope, Labeling } from './model';
import styles from './Model.module.css';

const say = model.label;
const count = (n: number) => n.toLocaleString('en');

export function LabelingView({ labeling }: { labeling: Labeling }) {
  const { limits, not_for: notFor, validation } = labeling;
  return (
    <>
      <Part title={say.use}>
        <p className={styles.lead}>{labeling.intended_use}</p>
      </Part>
      <Part title={say.role}>
        <p>{labeling.decision_role}</p>
      </Part>
      <Part title={say.users}>
        <p>{labeling.intended_users}</p>
      </Part>
      <Part title={say.patients}>
        <p>{labeling.intended_patients}</p>
      </Part>
      <Part title={say.notFor}>
        <Points of={notFor} />
      </Part>
      <Part title={say.limits}>
        <Points of={limits} />
      </Part>
      <Part title={say.corpora}>
        <Corpora labeling={labeling} />
      </Part>
      <Part title={say.runs}>
        <Running labeling={labeling} />
      </Part>
      <Part title={say.validation}>
        <Measured of={say.validation} figures={validation} level={4} />
      </Part>
    </>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className={styles.entry}>
      <h3>{title}</h3>
      {children}
    </div>
  );
}

function Points({ of }: { of: readonly string[] }) {
  return (
    <ul className={styles.points}>
      {of.map((one) => (
        <li key={one}>{sentence(one)}</li>
      ))}
    </ul>
  );
}

function Corpora({ labeling: { corpora, snapshot, published_at: at } }: { labeling: Labeling }) {
  return (
    <>
      <p>{say.snapshot(String(snapshot), at === null ? null : at.slice(0, 10))}</p>
      {corpora.length === 0 && <p>{say.noCorpora}</p>}
      {corpora.length > 0 && (
        <WideTable label={say.corpora} columns={say.corpusColumns}>
          {corpora.map((corpus) => (
            <tr key={corpus.id}>
              <th scope="row">{corpus.title}</th>
              <td>{corpus.issuer}</td>
              <td>{corpus.jurisdiction}</td>
              <td>{count(corpus.documents)}</td>
              <td>{count(corpus.passages)}</td>
              <td>{publishedOf(corpus)}</td>
            </tr>
          ))}
        </WideTable>
      )}
    </>
  );
}

function publishedOf({ oldest, newest }: CorpusScope): string {
  return oldest === null || newest === null ? say.undated : say.from(oldest, newest);
}

function Running({ labeling }: { labeling: Labeling }) {
  const { program, mode, models, settings } = labeling;
  return (
    <>
      <p>
        {program}. {about.modes[mode] ?? mode}
      </p>
      {models.length === 0 && <p>{say.noModels}</p>}
      {models.length > 0 && (
        <WideTable label={say.models} columns={say.modelColumns}>
          {models.map(({ role, id, revision, licence, sha256 }) => (
            <tr key={`${role}/${id}`}>
              <th scope="row">{id}</th>
              <td>{say.roles[role] ?? role}</td>
              <td>{revision ?? about.notStated}</td>
              <td>{licence ?? about.notStated}</td>
              <td>{sha256 == null ? say.noHash : <code title={sha256}>{`${sha256.slice(0, 12)}…`}</code>}</td>
            </tr>
          ))}
        </WideTable>
      )}
      <Disclosure title={say.settings} level={4}>
        <WideTable label={say.settings} columns={say.settingColumns}>
          {settings.map(({ key, value }) => (
            <tr key={key}>
              <th scope="row">
                <code>{key}</code>
              </th>
              <td>{value}</td>
            </tr>
          ))}
        </WideTable>
        <p className={styles.faint}>{say.prompt}</p>
        <Copyable label={say.prompt} text={labeling.prompt_sha256} />
      </Disclosure>
      <Disclosure title={say.hash} level={4}>
        <p className={styles.faint}>{say.hashNote}</p>
        <Copyable label={say.hash} text={labeling.sha256} />
      </Disclosure>
    </>
  );
}
