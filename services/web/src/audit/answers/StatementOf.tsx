// A statement on record: its words, its verdict with the reason, and each quote with its own, and the way to its place.
import { placeIn } from '../../answer/open';
import { shownVerdict } from '../../answer/verdict';
import { documentLine } from '../../answer/words';
import type { Answer, Citation, Statement } from '../../api/types';
import { Chip } from '../../parts/Chip';
import { Notice } from '../../parts/Notice';
import { sentence } from '../../parts/ProblemNotice';
import { findEvidence, standsIn } from '../../reader/expected';
import { answer as words } from '../../strings/answer';
import { record } from '../../strings/record';
import { PlaceLink } from './PlaceLink';
import styles from './Record.module.css';

const say = record.answer;

export function StatementOf({ statement, answer }: { statement: Statement; answer: Answer }) {
  const { said_by, text, verdict, reason, citations } = statement;
  return (
    <li className={styles.statement}>
      <p className={styles.note}>{said_by}</p>
      <p className={answer.mode === 'synthesis' ? styles.worded : styles.quoted}>{text}</p>
      <Judged verdict={verdict} reason={reason} />
      <ul className={styles.quotes} aria-label={say.quotes}>
        {citations.map((citation) => (
          <li key={citation.n}>
            <Quote citation={citation} answer={answer} />
          </li>
        ))}
      </ul>
    </li>
  );
}

function Judged({ verdict, reason }: { verdict: string; reason: string | null | undefined }) {
  const { Icon, tone, word } = shownVerdict(verdict);
  return (
    <p className={styles.marks}>
      <Chip tone={tone} icon={<Icon size={13} />}>
        {word}
      </Chip>
      {reason && <span>{sentence(reason)}</span>}
    </p>
  );
}

function Quote({ citation, answer }: { citation: Citation; answer: Answer }) {
  const { n, quote, verdict, reason, secondhand } = citation;
  const evidence = findEvidence(answer, citation.evidence);
  const isThere = evidence !== undefined && standsIn(citation, evidence);
  return (
    <>
      <p className={styles.note}>
        {say.quote(n)}
        {evidence && ` · ${evidence.id} · ${documentLine(evidence.document)}`}
      </p>
      <blockquote className={styles.quote}>{quote}</blockquote>
      <Judged verdict={verdict} reason={reason} />
      {secondhand && <p className={styles.warning}>{words.secondhand}</p>}
      {isThere ? (
        <PlaceLink opened={placeIn(evidence.document, citation, { answer: answer.id, part: { kind: 'citation', n } })} title={evidence.document.title} />
      ) : (
        <Notice tone="stop">{evidence ? words.brokenLong : words.noSource}</Notice>
      )}
    </>
  );
}
