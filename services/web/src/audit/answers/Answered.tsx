// An answer as it is on record: every statement with its quotes spelled out, what was open or disputed, and its passages.
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { Conflicts } from '../../answer/Conflicts';
import { type Opener, OpenerContext } from '../../answer/open';
import type { Answer } from '../../api/types';
import { Notice } from '../../parts/Notice';
import { sentence } from '../../parts/ProblemNotice';
import { documentSearch, type Opened } from '../../reader/state';
import { literature } from '../../strings/literature';
import { record } from '../../strings/record';
import { Making } from './Making';
import { Passages } from './Passages';
import styles from './Record.module.css';
import { StatementOf } from './StatementOf';

const say = record.answer;

export function Answered({ answer }: { answer: Answer }) {
  const { statements, banner, reason, evidence, closest, searched } = answer;
  return (
    <OpenerContext value={useOpenPage()}>
      {banner != null && <Notice tone="warn" title={say.banner}>{banner}</Notice>}
      {reason != null && <Notice title={say.reason}>{sentence(reason)}</Notice>}
      {statements.length === 0 ? (
        <p className={styles.note}>{say.noStatements}</p>
      ) : (
        <ol className={styles.statements} aria-label={say.statements}>
          {statements.map((statement, at) => (
            // A recorded answer never changes, so places are names.
            <StatementOf key={at} statement={statement} answer={answer} />
          ))}
        </ol>
      )}
      <Conflicts answer={answer} />
      <Unknowns answer={answer} />
      {evidence.length > 0 && (
        <>
          <h3>{say.evidence}</h3>
          <Passages label={say.evidence} passages={evidence} answer={answer.id} />
        </>
      )}
      {closest.length > 0 && (
        <>
          <h3>{say.closest}</h3>
          <p className={styles.note}>{say.closestNote}</p>
          <Passages label={say.closest} passages={closest} answer={answer.id} />
        </>
      )}
      <p className={styles.note}>
        {say.searched}: {searched.length === 0 ? record.making.none : searched.join(', ')}
      </p>
      <Making answer={answer} />
    </OpenerContext>
  );
}

/** There is no reader beside a record: a passage opens as a page. */
function useOpenPage(): Opener {
  const navigate = useNavigate();
  return useMemo(
    () => ({
      open: (opened: Opened) =>
        void navigate({ to: '/documents/$id', params: { id: opened.document }, search: documentSearch(opened) }),
      current: null,
    }),
    [navigate],
  );
}

function Unknowns({ answer: { unknowns } }: { answer: Answer }) {
  if (unknowns.length === 0) return null;
  return (
    <>
      <h3>{say.unknowns}</h3>
      <dl className={styles.facts}>
        {unknowns.map(({ factor, text }) => (
          <div key={factor}>
            <dt>{literature.factors[factor] ?? factor}</dt>
            <dd>{sentence(text)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
