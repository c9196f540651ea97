// Sources in force that do not say the same: each with its words, its year and its grade, side by side.
import type { Answer, Position } from '../api/types';
import { Button } from '../parts/Button';
import { BookIcon } from '../parts/icons';
import { Notice } from '../parts/Notice';
import { findEvidence, standsIn } from '../reader/expected';
import { answer as words, literature } from '../strings';
import styles from './Conflicts.module.css';
import { placeIn, useOpener } from './open';
import { documentLine } from './words';

export function Conflicts({ answer }: { answer: Answer }) {
  if (answer.conflicts.length === 0) return null;
  return (
    <Notice tone="warn" title={words.conflictsTitle}>
      {answer.conflicts.map((conflict, at) => (
        <div key={at} className={styles.conflict}>
          <p>
            {words.conflictLine(
              (literature.facets as Record<string, string>)[conflict.facet] ?? conflict.facet,
              conflict.reason,
            )}
          </p>
          <ul className={styles.positions}>
            {conflict.positions.map((position, place) => (
              <li key={place} className={styles.position}>
                <PositionView position={position} answer={answer} />
              </li>
            ))}
          </ul>
        </div>
      ))}
    </Notice>
  );
}

function PositionView({ position, answer }: { position: Position; answer: Answer }) {
  const opener = useOpener();
  const evidence = findEvidence(answer, position.evidence);
  if (!evidence || !standsIn(position, evidence)) {
    return (
      <p className={styles.broken} role="alert">
        {position.said_by}: {evidence ? words.brokenLong : words.noSource}
      </p>
    );
  }
  const { document } = evidence;
  return (
    <>
      <p className={styles.saidBy}>{position.said_by}</p>
      <p className={styles.quote}>{position.quote}</p>
      <p className={styles.line}>
        {document.title}, {documentLine(document)}; {document.grade ?? words.noGrade}
      </p>
      <Button
        look="quiet"
        size="s"
        icon={<BookIcon size={16} />}
        aria-label={`${words.openPassage}: ${document.title}`}
        onPress={() => {
          opener.open(
            placeIn(document, position, { answer: answer.id, part: { kind: 'evidence', id: position.evidence } }),
          );
        }}
      >
        {words.openPassage}
      </Button>
    </>
  );
}
