// A document opened at a place. Words are marked as a quote only when they are exactly those that the answer cites.
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useMemo, useRef } from 'react';
import { answerQuery, differentialQuery, documentQuery } from '../api/keys';
import type { HeldDocument } from '../api/types';
import { Button } from '../parts/Button';
import { Notice } from '../parts/Notice';
import { ProblemNotice } from '../parts/ProblemNotice';
import { Skeleton } from '../parts/Skeleton';
import { reader as words } from '../strings';
import { Basis } from './Basis';
import { bringIntoView } from './bringIntoView';
import { DocumentText } from './DocumentText';
import { type Expected, expectedOf, type Quoting } from './expected';
import { type Place, placeOf } from './layout';
import { ReaderHead } from './ReaderHead';
import styles from './ReaderView.module.css';
import { NOW, type Opened } from './state';

interface ReaderViewProps {
  opened: Opened;
  /** What has come in of the answer in work, for quotes opened before it is whole. */
  live?: Quoting | null;
  tools?: ReactNode;
  level?: 1 | 2;
}

export function ReaderView({ opened, live = null, tools, level = 2 }: ReaderViewProps) {
  const document = useQuery(documentQuery(opened.document, opened.version));
  const { expected, isPending, error } = useExpected(opened, live);
  return (
    <div>
      <ReaderHead
        document={document.data}
        isSecondhand={expected.kind === 'words' && expected.citation?.secondhand === true}
        isUnchecked={expected.kind === 'nothing' && opened.start !== null && !isPending}
        tools={tools}
        level={level}
      />
      <div className={styles.body}>
        {document.error ? (
          <ProblemNotice
            error={document.error}
            title={words.failed}
            actions={
              <Button size="s" onPress={() => void document.refetch()}>
                {words.retry}
              </Button>
            }
          />
        ) : document.data && !isPending ? (
          <Opening
            document={document.data}
            opened={opened}
            expected={expected}
            isAnswerLost={error !== null}
            level={level}
          />
        ) : (
          <Skeleton lines={12} label={words.loading} />
        )}
      </div>
    </div>
  );
}

/** The words that are to stand there, found in the answer that the link names. */
function useExpected(opened: Opened, live: Quoting | null) {
  const { cite } = opened;
  const isRecorded = cite !== null && cite.answer !== NOW;
  const isDifferential = cite?.part.kind === 'differential';
  const answer = useQuery({ ...answerQuery(cite?.answer ?? ''), enabled: isRecorded });
  const differential = useQuery({ ...differentialQuery(cite?.answer ?? ''), enabled: isRecorded && isDifferential });
  const quoting = isRecorded ? answer.data : live;
  const nothing: Expected = { kind: 'nothing' };
  const error = answer.error ?? differential.error;
  const isPending = isRecorded && !error && (!answer.data || (isDifferential && !differential.data));
  const expected = cite && quoting && !error ? expectedOf(opened, cite, quoting, differential.data) : nothing;
  return { expected, isPending, error };
}

interface OpeningProps {
  document: HeldDocument;
  opened: Opened;
  expected: Expected;
  isAnswerLost: boolean;
  level: 1 | 2;
}

function Opening({ document, opened, expected, isAnswerLost, level }: OpeningProps) {
  const mark = useRef<HTMLElement>(null);
  const { start, end } = opened;
  const wanted = expected.kind === 'words' ? expected.words : null;
  const isTampered = document.digest !== null && document.digest !== document.sha256;
  const isOther = isTampered || (expected.kind === 'words' && expected.sha256 !== document.sha256);
  const mayMark = expected.kind !== 'mismatch' && !isOther;
  const place = useMemo((): Place => {
    const span = start === null || end === null || !mayMark ? null : { start, end };
    return placeOf(document.text, span, wanted);
  }, [document, start, end, wanted, mayMark]);
  const span = place.kind === 'found' || place.kind === 'unchecked' ? place.span : null;

  useEffect(() => {
    if (mark.current) bringIntoView(mark.current);
  }, [span]);

  return (
    <>
      <Doubts place={place} expected={expected} isOther={isOther} isAnswerLost={isAnswerLost} />
      <Basis
        document={document}
        evidence={expected.kind === 'words' ? expected.evidence : null}
        citation={expected.kind === 'words' ? expected.citation : null}
        level={level === 1 ? 2 : 3}
      />
      {span && (
        <div className={styles.jump} data-no-print>
          <Button
            size="s"
            onPress={() => {
              if (!mark.current) return;
              bringIntoView(mark.current);
              mark.current.focus({ preventScroll: true });
            }}
          >
            {words.toQuote}
          </Button>
        </div>
      )}
      <DocumentText document={document} marked={span} isChecked={place.kind === 'found'} markRef={mark} />
    </>
  );
}

interface DoubtsProps {
  place: Place;
  expected: Expected;
  isOther: boolean;
  isAnswerLost: boolean;
}

/** Whatever keeps the place from being a checked quote is said before the text. */
function Doubts({ place, expected, isOther, isAnswerLost }: DoubtsProps) {
  if (expected.kind === 'mismatch') {
    return (
      <Notice tone="stop" title={words.mismatchTitle} live="alert">
        {words.mismatch}
      </Notice>
    );
  }
  if (isOther) {
    return (
      <Notice tone="stop" title={words.differsTitle} live="alert">
        {words.differs}
      </Notice>
    );
  }
  if (place.kind === 'absent') {
    return (
      <Notice tone="stop" title={words.absentTitle} live="alert">
        {expected.kind === 'words' ? (
          <>
            <p>{words.absent}</p>
            <blockquote className={styles.lostQuote}>{expected.words}</blockquote>
          </>
        ) : (
          words.absentPlace
        )}
      </Notice>
    );
  }
  if (place.kind === 'unchecked') {
    return (
      <Notice tone="warn" title={words.uncheckedTitle}>
        {isAnswerLost ? words.answerLost : words.unchecked}
      </Notice>
    );
  }
  return null;
}
