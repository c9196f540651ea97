// The conditions that documents describe with the findings of the question: what speaks for each, and what against.
import { useQuery } from '@tanstack/react-query';
import { differentialQuery } from '../api/keys';
import { Refused } from '../api/problem';
import type { Answer, DifferentialCondition, DifferentialLine, DocumentRef } from '../api/types';
import { Button } from '../parts/Button';
import { Notice } from '../parts/Notice';
import { ProblemNotice, sentence } from '../parts/ProblemNotice';
import { Skeleton } from '../parts/Skeleton';
import type { Cite } from '../reader/state';
import { answer } from '../strings';
import styles from './DifferentialView.module.css';
import { placeIn, useOpener } from './open';
import { documentLine } from './words';

const words = answer.differential;

export function DifferentialView({ answer: { id } }: { answer: Answer }) {
  const { data, error } = useQuery(differentialQuery(id));
  if (error instanceof Refused && error.isMissingEndpoint) return <Notice tone="warn">{words.unavailable}</Notice>;
  if (error) return <ProblemNotice error={error} title={words.failed} />;
  if (!data) return <Skeleton />;
  const { findings, conditions, note, missing } = data;
  return (
    <div className={styles.view}>
      <Notice>{sentence(note)}</Notice>
      {missing != null && (
        <Notice tone="warn">
          {words.away} {sentence(missing)}
        </Notice>
      )}
      <p className={styles.findings}>
        {findings.length === 0 ? words.noFindings : `${words.findings}: ${findings.join(', ')}.`}
      </p>
      {conditions.length === 0 && <p>{missing == null ? words.none : words.noneFound}</p>}
      <ul className={styles.list}>
        {conditions.map((condition) => (
          <li key={`${condition.condition}-${condition.document.id}`} className={styles.condition}>
            <Condition condition={condition} answerId={id} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Condition({ condition, answerId }: { condition: DifferentialCondition; answerId: string }) {
  const { document } = condition;
  return (
    <>
      <h3 className={styles.name}>{condition.condition}</h3>
      <p className={styles.line}>
        {words.where} {document.title}, {documentLine(document)}
      </p>
      <div className={styles.sides}>
        <Side title={words.for} lines={condition.for} document={document} answerId={answerId} />
        <Side title={words.against} lines={condition.against} document={document} answerId={answerId} />
      </div>
    </>
  );
}

interface SideProps {
  title: string;
  lines: readonly DifferentialLine[];
  document: DocumentRef;
  answerId: string;
}

function Side({ title, lines, document, answerId }: SideProps) {
  const opener = useOpener();
  const cite: Cite = { answer: answerId, part: { kind: 'differential' } };
  return (
    <div>
      <h4 className={styles.side}>{title}</h4>
      {lines.length === 0 && <p className={styles.line}>{words.nothing}</p>}
      <ul className={styles.lines}>
        {lines.map((line, at) => (
          <li key={at}>
            <p className={styles.finding}>{line.finding}</p>
            <p className={styles.quote}>{line.quote}</p>
            <Button
              look="link"
              aria-label={`${answer.openPassage}: ${line.finding}, ${document.title}`}
              onPress={() => {
                opener.open(placeIn(document, line, cite));
              }}
            >
              {answer.openPassage}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}
