// What was asked, as a receipt opens it: with what went before, what it was narrowed to, and whether a patient was described.
import { Link } from '@tanstack/react-router';
import { inWords } from '../../ask/filters';
import { record } from '../../strings/record';
import type { Request } from '../proof/receipt';
import { Fact } from './Fact';
import styles from './Record.module.css';

const say = record.request;

export function OpenedRequest({ request }: { request: Request }) {
  const { history, filters, as_of, has_patient } = request;
  const patient = has_patient === true ? say.yes : has_patient === false ? say.no : say.unknown;
  return (
    <>
      <h3>{say.heading}</h3>
      <p className={styles.kept}>{request.question}</p>
      <dl className={styles.facts}>
        <Fact name={say.patient}>{patient}</Fact>
        <Fact name={say.asOf}>{typeof as_of === 'number' ? as_of : say.published}</Fact>
        <Fact name={say.filters}>{inWords(filters).join('; ') || say.notNarrowed}</Fact>
        <Fact name={say.history}>{earlier(history)}</Fact>
      </dl>
      <p className={styles.note}>{say.note}</p>
    </>
  );
}

function earlier(history: unknown) {
  const turns: readonly unknown[] = Array.isArray(history) ? history : [];
  if (turns.length === 0) return say.nothing;
  return (
    <ol className={styles.turns}>
      {turns.map((turn, at) => (
        <li key={at}>{inTurn(turn)}</li>
      ))}
    </ol>
  );
}

/** Its words stand in the record of its own answer, so that they can be destroyed there. */
function inTurn(turn: unknown) {
  if (typeof turn !== 'object' || turn === null) return say.unknown;
  if ('question' in turn) return String(turn.question);
  if (!('answer' in turn)) return say.unknown;
  const id = String(turn.answer);
  return (
    <Link to="/audit/answers/$id" params={{ id }}>
      {say.earlier(id)}
    </Link>
  );
}
