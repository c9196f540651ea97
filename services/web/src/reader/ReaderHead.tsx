// The head of the reader: what is being read, always in sight, also when the text has been scrolled to the quote.
import type { ReactNode } from 'react';
import type { DocumentView } from '../api/types';
import { Chip } from '../parts/Chip';
import { AlertIcon } from '../parts/icons';
import { literature, reader as words } from '../strings';
import styles from './ReaderHead.module.css';
import { isInForce, standingOf } from './standing';

interface ReaderHeadProps {
  document: DocumentView | undefined;
  isSecondhand: boolean;
  /** A place is marked that was held against nothing. */
  isUnchecked: boolean;
  /** Tools at the right of the title. */
  tools?: ReactNode;
  /** A page's heading is its first; a pane's is not. */
  level: 1 | 2;
}

export function ReaderHead({ document, isSecondhand, isUnchecked, tools, level }: ReaderHeadProps) {
  const Heading = level === 1 ? 'h1' : 'h2';
  const standing = document && standingOf({ status: document.status, is_in_force: isInForce(document) });
  return (
    <div className={styles.head} data-standing={document?.status}>
      <div className={styles.words}>
        <Heading className={styles.title} tabIndex={-1} data-reader-title>
          {document?.title ?? words.label}
        </Heading>
        {document && (
          <>
            <p className={styles.line}>
              {[
                document.issuer,
                document.published?.slice(0, 4) ?? words.basis.undated,
                words.version(document.version),
                literature.kinds[document.kind],
                document.jurisdiction,
                standing,
              ].join(' · ')}
            </p>
            <p className={styles.grade}>
              {document.grade ? words.basis.gradeAsStated(document.grade) : words.basis.noGradeLong}
            </p>
            <p className={styles.line}>
              {(document.status !== 'current' || !isInForce(document)) && (
                <Chip tone="stop" icon={<AlertIcon size={13} />}>
                  {standing}
                </Chip>
              )}
              {document.access === 'abstract_only' && <Chip tone="warn">{words.abstract}</Chip>}
              {isSecondhand && <Chip tone="warn">{words.secondhand}</Chip>}
              {isUnchecked && <Chip tone="warn">{words.uncheckedTitle}</Chip>}
            </p>
          </>
        )}
      </div>
      {tools}
    </div>
  );
}
