// The passages of an answer in their order, with why each stands where it stands.
import { placeOfEvidence } from '../../answer/open';
import { documentLine, sectionLine } from '../../answer/words';
import type { Evidence } from '../../api/types';
import { Disclosure } from '../../parts/Disclosure';
import { literature } from '../../strings/literature';
import { record } from '../../strings/record';
import { Fact } from './Fact';
import { PlaceLink } from './PlaceLink';
import styles from './Record.module.css';

const say = record.evidence;

interface PassagesProps {
  label: string;
  passages: readonly Evidence[];
  /** Id of the answer. */
  answer: string;
}

export function Passages({ label, passages, answer }: PassagesProps) {
  return (
    <ol className={styles.passages} aria-label={label}>
      {passages.map((evidence) => (
        <li key={evidence.id} className={styles.passage}>
          <Passage evidence={evidence} answer={answer} />
        </li>
      ))}
    </ol>
  );
}

function Passage({ evidence, answer }: { evidence: Evidence; answer: string }) {
  const { id, document, text, section, passage, scores } = evidence;
  const { lexical, dense, rerank, prior, sentence, support, telling, expanded, carried } = scores;
  return (
    <>
      <p className={styles.title}>
        {id} {document.title}
      </p>
      <p className={styles.note}>{documentLine(document)}</p>
      <PlaceLink opened={placeOfEvidence(answer, evidence)} title={document.title} />
      <dl className={styles.facts}>
        <Fact name={say.standing}>{literature.statuses[document.status] ?? document.status}</Fact>
        {section.length > 0 && <Fact name={say.section}>{sectionLine(evidence)}</Fact>}
        <Fact name={say.fused}>{score(scores.fused)}</Fact>
        <Fact name={say.lexical}>{lexical ? say.arm(lexical.rank, score(lexical.score)) : say.notFound}</Fact>
        <Fact name={say.dense}>{dense ? say.arm(dense.rank, score(dense.score)) : say.notFound}</Fact>
        {rerank != null && <Fact name={say.rerank}>{score(rerank)}</Fact>}
        {prior != null && <Fact name={say.prior}>{score(prior)}</Fact>}
        {sentence != null && <Fact name={say.sentence}>{score(sentence)}</Fact>}
        {support != null && <Fact name={say.support}>{score(support)}</Fact>}
        {telling != null && <Fact name={say.telling}>{score(telling)}</Fact>}
        {scores.document != null && <Fact name={say.document}>{score(scores.document)}</Fact>}
        {expanded && expanded.length > 0 && <Fact name={say.expanded}>{expanded.join(', ')}</Fact>}
        {carried && <Fact name={say.carried}>{say.carriedBy}</Fact>}
        <Fact name={say.passage}>
          <code className={styles.hash}>{passage}</code>
        </Fact>
        <Fact name={say.hash}>
          <code className={styles.hash}>{document.sha256}</code>
        </Fact>
      </dl>
      <Disclosure title={record.answer.words} level={4}>
        <p className={styles.quoted}>{text}</p>
      </Disclosure>
    </>
  );
}

/** As far as they are told apart. */
const score = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 4 });
