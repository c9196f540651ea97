// Measured figures: a table for each run, below the words that say what was asked of the service.
import type { Figure } from '../api/types';
import { about } from '../strings/about';
import styles from './About.module.css';
import { suitesOf, valueOf, type Run } from './figures';

const say = about.figures;

export function Figures({ figures }: { figures: readonly Figure[] }) {
  if (figures.length === 0) return <p>{say.none}</p>;
  return (
    <>
      <p>{say.intro}</p>
      {suitesOf(figures).map(({ name, runs }) => (
        <div key={name} className={styles.entry}>
          <h3>{about.suites[name]?.title ?? name}</h3>
          {about.suites[name] && <p className={styles.faint}>{about.suites[name].words}</p>}
          {runs.map((run, index) => (
            <RunTable key={index} run={run} />
          ))}
        </div>
      ))}
    </>
  );
}

function RunTable({ run }: { run: Run }) {
  const { corpus, mode, model, measuredOn, command } = run;
  const made = [
    `${say.corpus}: ${corpus}`,
    ...(mode === null ? [] : [`${say.mode}: ${mode}`, `${say.model}: ${model ?? say.noModel}`]),
    `${say.measured}: ${measuredOn}`,
  ];
  return (
    <table className={styles.table}>
      <caption>
        {made.join(' · ')}
        <br />
        {say.command} <code>{command}</code>
      </caption>
      <thead>
        <tr>
          <th scope="col">{say.metric}</th>
          <th scope="col" className={styles.number}>
            {say.value}
          </th>
          <th scope="col" className={styles.number}>
            {say.of}
          </th>
        </tr>
      </thead>
      <tbody>
        {run.figures.map((figure) => (
          <tr key={figure.metric}>
            <th scope="row">
              {figure.metric}
              {figure.less_is_better && <span className={styles.faint}> ({say.less})</span>}
            </th>
            <td className={styles.number}>{valueOf(figure)}</td>
            <td className={styles.number}>{figure.of == null ? say.noCount : figure.of.toLocaleString('en')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
