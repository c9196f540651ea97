// Measured figures: a table for each run, below what holds for all of its rows.
import { Disclosure } from '../parts/Disclosure';
import { WideTable } from '../parts/WideTable';
import { model } from '../strings/model';
import { type MeasuredFigure, type Run, runsOf } from './model';
import styles from './Model.module.css';

const say = model.measured;

interface MeasuredProps {
  /** What they are figures of. */
  of: string;
  figures: readonly MeasuredFigure[];
  level: 4 | 5;
}

export function Measured({ of, figures, level }: MeasuredProps) {
  const elsewhere = figures.filter((figure) => !figure.holds_here).length;
  return (
    <>
      {elsewhere > 0 && <p className={styles.faint}>{say.elsewhere(elsewhere)}</p>}
      <Disclosure title={say.title(figures.length)} level={level}>
        {runsOf(figures).map((run) => (
          <RunTable key={`${run.run}/${run.command ?? ''}/${run.data}`} of={of} run={run} />
        ))}
      </Disclosure>
    </>
  );
}

function RunTable({ of, run }: { of: string; run: Run }) {
  const { command, data, date, document, figures } = run;
  return (
    <div className={styles.run}>
      <p className={styles.made}>
        {command === null ? say.review(run.run, date) : say.run(run.run, date)}
        <br />
        {say.data(data)}
        {command !== null && (
          <>
            <br />
            {say.command} <code>{command}</code>
            {document !== null && (
              <>
                {' · '}
                {say.document} <code>{document}</code>
              </>
            )}
          </>
        )}
      </p>
      <WideTable label={`${of}: ${command ?? run.run}, ${data}`} columns={say.columns}>
        {figures.map(({ figure, value, note, holds_here: isHere }) => (
          <tr key={figure}>
            <th scope="row">
              {figure}
              {note !== null && <span className={styles.note}>{note}</span>}
            </th>
            <td>{value}</td>
            <td>{isHere ? say.here.yes : say.here.no}</td>
          </tr>
        ))}
      </WideTable>
    </div>
  );
}
