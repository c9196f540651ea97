// A corpus: what it is, by what right it is held, how well it is kept and where it comes from.
import { Link } from '@tanstack/react-router';
import { useId } from 'react';
import { Fact, Facts } from '../../parts/Facts';
import { Notice } from '../../parts/Notice';
import { VisuallyHidden } from '../../parts/VisuallyHidden';
import { literature } from '../../strings';
import { corpora as say } from '../../strings/corpora';
import { dateWords } from '../../text/dates';
import styles from '../Desk.module.css';
import type { CorpusHealth, DocumentFilter } from '../types';
import own from './CorpusView.module.css';
import { rightsOf } from './rights';
import { Sources } from './Sources';

export function CorpusView({ health }: { health: CorpusHealth }) {
  const { corpus, is_licence_over } = health;
  const { rights } = corpus;
  const id = useId();
  return (
    <section className={styles.section} aria-labelledby={id}>
      <h2 id={id} className={styles.title}>
        {corpus.title}
      </h2>
      <p className={styles.quiet}>
        {say.about(corpus.issuer, literature.kinds[corpus.kind], corpus.jurisdiction, corpus.language)}
      </p>
      {corpus.evidence_level && <p className={styles.quiet}>{say.evidence(corpus.evidence_level)}</p>}
      <p className={styles.quiet}>
        {say.id} <code>{corpus.id}</code>
      </p>
      {is_licence_over && (
        <div className={own.loud}>
          <Notice tone="stop" title={say.rights.over}>
            {say.rights.overDetail(rights.expires ? dateWords(rights.expires) : null)}
          </Notice>
        </div>
      )}
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

function Health({ health }: { health: CorpusHealth }) {
  const words = say.health;
  const { id, title } = health.corpus;
  const link = (n: number, what: string, filter: DocumentFilter) =>
    n === 0 ? (
      words.written(n)
    ) : (
      <Link to="/library/documents" search={{ corpus: id, ...filter }}>
        {words.written(n)}
        <VisuallyHidden>{words.of(what, title)}</VisuallyHidden>
      </Link>
    );
  return (
    <Facts>
      <Fact name={words.documents}>{link(health.documents, words.documents, {})}</Fact>
      <Fact name={words.versions}>{words.written(health.versions)}</Fact>
      <Fact name={words.passages}>{words.written(health.passages)}</Fact>
      <Fact name={words.findings}>
        {health.findings === 0 ? (
          words.written(0)
        ) : (
          <Link to="/library/queue">
            {words.written(health.findings)}
            <VisuallyHidden>{words.of(words.findings, title)}</VisuallyHidden>
          </Link>
        )}
      </Fact>
      <Fact name={words.overdue}>{link(health.overdue, words.overdue, { due: 'true' })}</Fact>
      <Fact name={words.poor}>{link(health.poor, words.poor, { poor: 'true' })}</Fact>
      <Fact name={words.suppressed}>
        {words.written(health.suppressed)}
        {/* The list is narrowed down to one standing at a time. */}
        {health.suppressed > 0 && (
          <span className={own.two}>
            {(['retracted', 'withdrawn'] as const).map((status) => (
              <Link key={status} to="/library/documents" search={{ corpus: id, status }}>
                {words[status]}
                <VisuallyHidden>{words.inCorpus(title)}</VisuallyHidden>
              </Link>
            ))}
          </span>
        )}
      </Fact>
    </Facts>
  );
}
