// A corpus: what it is, by what right it is held, how well it is kept and where it comes from.
import { Link } from '@tanstack/react-router';
import { useId } from 'react';
import { corpora as say } from '../../strings/corpora';
import styles from '../Desk.module.css';
import type { CorpusHealth } from '../types';
import { About } from './About';
import own from './CorpusView.module.css';
import { Health } from './Health';
import { rightsOf } from './rights';
import { Sources } from './Sources';

export function CorpusView({ health }: { health: CorpusHealth }) {
  const { corpus } = health;
  const id = useId();
  return (
    <section className={styles.section} aria-labelledby={id}>
      <h2 id={id} className={styles.title}>
        <Link to="/library/corpora/$corpus" params={{ corpus: corpus.id }}>
          {corpus.title}
        </Link>
      </h2>
      <About health={health} />
      <div className={own.rooms}>
        <div>
          <h3 className={own.heading}>{say.rights.title}</h3>
          <ul className={own.rights}>
            {rightsOf(health).map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </div>
        <div>
          <h3 className={own.heading}>{say.health.title}</h3>
          <Health health={health} />
        </div>
      </div>
      <h3 className={own.heading}>{say.runs.title}</h3>
      <Sources health={health} />
    </section>
  );
}
