// The number of a quote. It shows the quote, opens it in its document, and says so when the quote is not where it should be.
import { Button } from 'react-aria-components';
import type { Citation } from '../api/types';
import { Hint } from '../parts/Hint';
import { AlertIcon } from '../parts/icons';
import { findEvidence, type Quoting, standsIn } from '../reader/expected';
import type { Cite } from '../reader/state';
import { answer as words } from '../strings';
import styles from './CitationMark.module.css';
import { isCurrent, placeIn, useOpener } from './open';
import { documentLine, sectionLine } from './words';

interface CitationMarkProps {
  citation: Citation;
  answer: Pick<Quoting, 'evidence' | 'closest'>;
  answerId: string;
}

export function CitationMark({ citation, answer, answerId }: CitationMarkProps) {
  const opener = useOpener();
  const { n, quote } = citation;
  const evidence = findEvidence(answer, citation.evidence);
  if (!evidence || !standsIn(citation, evidence)) {
    return (
      <Hint isCard text={evidence ? words.brokenLong : words.noSource}>
        <Button className={`${styles.mark} ${styles.broken}`} aria-label={words.citeBroken(n)}>
          <AlertIcon size={13} /> [{n}] {words.broken}
        </Button>
      </Hint>
    );
  }
  const { document } = evidence;
  const cite: Cite = { answer: answerId, part: { kind: 'citation', n } };
  const card = (
    <>
      <q className={styles.quote}>{quote}</q>
      <span className={styles.title}>{document.title}</span>
      <span className={styles.line}>{documentLine(document)}</span>
      {evidence.section.length > 0 && <span className={styles.line}>{sectionLine(evidence)}</span>}
      {citation.secondhand && <span className={styles.warning}>{words.secondhand}</span>}
    </>
  );
  return (
    <Hint isCard text={card}>
      <Button
        className={styles.mark ?? ''}
        aria-label={words.cite(n, document.title)}
        data-current={isCurrent(opener, cite) || undefined}
        onPress={() => {
          opener.open(placeIn(document, citation, cite));
        }}
      >
        [{n}]
      </Button>
    </Hint>
  );
}
