// Before the first question: what this is, for whom and not for what, and where to begin.
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { ask as words } from '../strings';
import styles from './FirstScreen.module.css';

interface FirstScreenProps {
  /** The field for the question. */
  children: ReactNode;
  /** Null for those who may not ask: they see no examples. */
  onExample: ((question: string) => void) | null;
}

export function FirstScreen({ children, onExample }: FirstScreenProps) {
  return (
    <div className={styles.screen}>
      <h1 className={styles.title}>{words.title}</h1>
      <p className={styles.lead}>{words.lead}</p>
      {children}
      <section className={styles.disclosure} aria-labelledby="before-you-ask">
        <h2 id="before-you-ask" className={styles.heading}>
          {words.disclosureTitle}
        </h2>
        <ul className={styles.points}>
          {words.disclosure.map((point) => (
            <li key={point}>{point}</li>
          ))}
        </ul>
        <p>
          <Link to="/about">{words.more}</Link>
        </p>
      </section>
      {onExample && <Examples onExample={onExample} />}
    </div>
  );
}

function Examples({ onExample }: { onExample: (question: string) => void }) {
  return (
    <section aria-labelledby="examples">
      <h2 id="examples" className={styles.heading}>
        {words.examplesTitle}
      </h2>
      <ul className={styles.examples}>
        {words.examples.map((example) => (
          <li key={example}>
            <Button
              className={styles.example ?? ''}
              onPress={() => {
                onExample(example);
              }}
            >
              {example}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
