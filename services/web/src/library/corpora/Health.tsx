// How well a corpus is kept, in numbers that lead to what they count.
import { Link } from '@tanstack/react-router';
import { Fact, Facts } from '../../parts/Facts';
import { VisuallyHidden } from '../../parts/VisuallyHidden';
import { corpora as say } from '../../strings/corpora';
import type { CorpusHealth, DocumentFilter } from '../types';
import own from './CorpusView.module.css';

export function Health({ health }: { health: CorpusHealth }) {
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
