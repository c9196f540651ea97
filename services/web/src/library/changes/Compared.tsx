// Two answers to one question side by side: as it is published now, and as it would be.
import { useMemo } from 'react';
import { sentence } from '../../parts/ProblemNotice';
import { changes } from '../../strings/changes';
import { records } from '../../strings/records';
import { nameOf } from '../../records/words';
import styles from '../Desk.module.css';
import type { Said, StagedAnswers } from '../types';
import own from './Changes.module.css';
import { onlyIn, type Piece, sidesOf } from './sides';

const say = changes.golden;

export function Compared({ answers: { before, after, missing } }: { answers: StagedAnswers }) {
  const sides = useMemo(() => sidesOf(before.statements, after.statements), [before, after]);
  return (
    <>
      {missing != null && <p className={styles.note}>{say.awayHere(sentence(missing))}</p>}
      <div className={own.sides}>
        <Side
          title={say.before}
          said={before}
          statements={sides.before}
          mark="del"
          sources={say.gone}
          documents={onlyIn(before.documents, after.documents)}
        />
        <Side
          title={say.after}
          said={after}
          statements={sides.after}
          mark="ins"
          sources={say.come}
          documents={onlyIn(after.documents, before.documents)}
        />
      </div>
    </>
  );
}

interface SideProps {
  title: string;
  said: Said;
  statements: readonly Piece[][];
  mark: 'del' | 'ins';
  /** What its sources that the other has not are called. */
  sources: string;
  documents: readonly string[];
}

function Side({ title, said, statements, mark: Mark, sources, documents }: SideProps) {
  return (
    <div className={own.side}>
      <h5>{title}</h5>
      <p className={styles.quiet}>{nameOf(said.status, records.shares.statuses.words)}</p>
      {statements.length === 0 && <p>{say.nothingSaid}</p>}
      {statements.map((pieces, at) => (
        <p key={at} className={own.statement}>
          {pieces.map(({ text, isMarked }, place) =>
            isMarked ? <Mark key={place}>{text}</Mark> : <span key={place}>{text}</span>,
          )}
        </p>
      ))}
      {documents.length > 0 && (
        <>
          <p className={styles.note}>{sources}</p>
          <ul className={own.sources}>
            {documents.map((name) => (
              <li key={name}>{name}</li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
