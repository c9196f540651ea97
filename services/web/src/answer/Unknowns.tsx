// What the question left open and the evidence depends on; and what was said, where this page still knows it.
import type { Answer, Unknown } from '../api/types';
import { Button } from '../parts/Button';
import { sentence } from '../parts/ProblemNotice';
import { findEvidence } from '../reader/expected';
import { answer as words, literature } from '../strings';
import { placeOfEvidence, useOpener } from './open';
import styles from './Unknowns.module.css';

interface UnknownsProps {
  answer: Answer;
  known: string | null;
}

export function Unknowns({ answer, known }: UnknownsProps) {
  if (answer.unknowns.length === 0) return known === null ? null : <p className={styles.known}>{words.known(known)}</p>;
  return (
    <section className={styles.block} aria-labelledby={`unknown-${answer.id}`}>
      <h3 id={`unknown-${answer.id}`} className={styles.heading}>
        {words.unknownsTitle}
      </h3>
      {known !== null && <p className={styles.known}>{words.known(known)}</p>}
      <dl className={styles.list}>
        {answer.unknowns.map((unknown) => (
          <div key={unknown.factor} className={styles.row}>
            <dt>{(literature.factors as Record<string, string>)[unknown.factor] ?? unknown.factor}</dt>
            <dd>
              <Line unknown={unknown} answer={answer} />
            </dd>
          </div>
        ))}
      </dl>
      <p className={styles.note}>{words.unknownsNote}</p>
    </section>
  );
}

/** The server's words, with the names of passages made into ways there. */
function Line({ unknown, answer }: { unknown: Unknown; answer: Answer }) {
  const opener = useOpener();
  return sentence(unknown.text)
    .split(/\b(E\d+)\b/)
    .map((part, at) => {
      const evidence = at % 2 === 1 ? findEvidence(answer, part) : undefined;
      if (!evidence) return part;
      return (
        <Button
          key={at}
          look="link"
          aria-label={`${words.openPassage} ${part}: ${evidence.document.title}`}
          onPress={() => {
            opener.open(placeOfEvidence(answer.id, evidence));
          }}
        >
          {part}
        </Button>
      );
    });
}
