// A passage as a whole: where it stands, how it begins, and the way there.
import type { Evidence } from '../api/types';
import { Button } from '../parts/Button';
import { BookIcon } from '../parts/icons';
import { answer as words } from '../strings';
import { placeOfEvidence, useOpener } from './open';
import styles from './PassageCard.module.css';
import { documentLine, sectionLine } from './words';

interface PassageCardProps {
  evidence: Evidence;
  answerId: string;
  /** Shows the name that the answer gives it: E1. */
  isNamed?: boolean;
}

export function PassageCard({ evidence, answerId, isNamed = false }: PassageCardProps) {
  const opener = useOpener();
  const { document } = evidence;
  return (
    <div className={styles.card}>
      <p className={styles.title}>
        {isNamed && <span className={styles.name}>{evidence.id}</span>}
        {document.title}
      </p>
      <p className={styles.line}>
        {documentLine(document)}
        {evidence.section.length > 0 && `, ${sectionLine(evidence)}`}
      </p>
      <p className={styles.text}>{evidence.text}</p>
      <Button
        look="quiet"
        size="s"
        icon={<BookIcon size={16} />}
        aria-label={`${words.openPassage}: ${document.title}`}
        onPress={() => {
          opener.open(placeOfEvidence(answerId, evidence));
        }}
      >
        {words.openPassage}
      </Button>
    </div>
  );
}
