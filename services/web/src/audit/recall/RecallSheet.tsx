// A recall on paper: what was recalled, when and by whom, and everybody who saw it.
import { createPortal } from 'react-dom';
import { count, nameOf } from '../../records/words';
import { standingOf } from '../../reader/standing';
import { recall as say } from '../../strings/recall';
import { records } from '../../strings/records';
import { session } from '../../strings/session';
import { timeUtc } from '../../text/times';
import type { FoundAnswer, Wanted } from './calls';
import styles from './RecallSheet.module.css';
import type { Standing } from './Standing';

export interface SheetOf {
  wanted: Wanted;
  /** Null where it may not be shown. */
  document: { title: string; issuer: string; standings: readonly Standing[] } | null;
  answers: readonly FoundAnswer[];
  /** How many there are in all, and how many people saw them. */
  all: number;
  people: number;
  at: string;
  by: string;
  withQuestions: boolean;
}

export function RecallSheet({ wanted, document: held, answers, all, people, at, by, withQuestions }: SheetOf) {
  const { columns } = say.list;
  const sheet = (
    <article data-print-sheet className={styles.sheet}>
      <header>
        <p className={styles.wordmark}>{say.sheet.wordmark}</p>
        <h1>{say.sheet.heading}</h1>
        <p className={styles.document}>
          {held ? (
            <>
              <cite>{held.title}</cite>, {held.issuer}
            </>
          ) : (
            wanted.document
          )}
        </p>
        <dl className={styles.facts}>
          <Fact name={say.document.id} value={wanted.document} />
          <Fact name={say.document.version} value={String(wanted.version ?? say.document.allVersions)} />
          {held && <Fact name={say.document.standing} value={held.standings.map(standing).join('; ')} />}
          <Fact name={say.sheet.at} value={timeUtc(at, true)} />
          <Fact name={say.sheet.by} value={by} />
          <Fact name={say.list.answers} value={count(all)} />
          <Fact name={say.list.people} value={count(people)} />
        </dl>
        {answers.length < all && <p className={styles.part}>{say.sheet.part(count(answers.length), count(all))}</p>}
        {!withQuestions && <p>{say.list.noQuestions}</p>}
      </header>
      <table className={styles.table}>
        <thead>
          <tr>
            {[columns.time, columns.status, columns.who, say.sheet.answer].map((name) => (
              <th key={name}>{name}</th>
            ))}
            {withQuestions && <th>{columns.question}</th>}
          </tr>
        </thead>
        <tbody>
          {answers.map((answer) => (
            <tr key={answer.id}>
              <td>{timeUtc(answer.asked_at, true)}</td>
              <td>{statusOf(answer)}</td>
              <td>{whoOf(answer)}</td>
              <td>{answer.id}</td>
              {withQuestions && <td>{answer.question ?? say.list.destroyed}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      <p>{say.sheet.end}</p>
    </article>
  );
  return createPortal(sheet, document.body);
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

const standing = (one: Standing) => say.document.standingOf(one.number, standingOf(one));

export const statusOf = ({ status }: FoundAnswer): string => nameOf(status ?? 'open', records.shares.statuses.words);

/** The pseudonym, with the role in which it was asked. */
export function whoOf({ actor, role }: FoundAnswer): string {
  return `${actor} (${nameOf(role, session.roles).toLowerCase()})`;
}
