// What is to be judged: the question, the statement, and what it rests on. Nothing that was said of it.
import { Link } from '@tanstack/react-router';
import { useId } from 'react';
import { Notice } from '../../parts/Notice';
import { VisuallyHidden } from '../../parts/VisuallyHidden';
import { documentSearch } from '../../reader/state';
import { reader } from '../../strings';
import { reviews } from '../../strings/reviews';
import styles from './Desk.module.css';
import { marked } from './marked';
import type { Quote, WholeItem } from './types';
import { isAbstention } from './words';

const say = reviews.desk;

export function ItemView({ item, showsRecord }: { item: WholeItem; showsRecord: boolean }) {
  const { question, said, quotes } = item;
  const isSilent = isAbstention(item);
  const isErased = question == null || (!isSilent && said == null);
  return (
    <div className={styles.judged}>
      <h4>{say.question}</h4>
      {isErased && <Notice tone="warn">{say.erased}</Notice>}
      {question != null && <p className={styles.question}>{question}</p>}
      <h4>{isSilent ? say.abstained : say.statement}</h4>
      {isSilent && <p className={styles.statement}>{silenceOf(item)}</p>}
      {!isSilent && said != null && <blockquote className={styles.statement}>{said}</blockquote>}
      {!isSilent && quotes.length > 0 && (
        <>
          <h4>{say.quotes(quotes.length)}</h4>
          <ol className={styles.quotes}>
            {quotes.map((quote, at) => (
              <li key={at}>
                <QuoteView quote={quote} />
              </li>
            ))}
          </ol>
        </>
      )}
      {!isSilent && !isErased && quotes.length === 0 && <Notice tone="warn">{say.noQuotes}</Notice>}
      {showsRecord && item.answer != null && (
        <p data-no-print>
          <Link to="/audit/answers/$id" params={{ id: item.answer }}>
            {say.record}
          </Link>
        </p>
      )}
    </div>
  );
}

/** How the answer ended is told with Osler's own check, and not before. */
function silenceOf({ stratum }: WholeItem): string {
  if (stratum == null) return say.unanswered;
  if (stratum === 'inconclusive') return say.inconclusive;
  return stratum === 'refused_scope' ? say.outOfScope : say.noEvidence;
}

/** The quoted words are marked only where the passage has exactly these. */
function QuoteView({ quote }: { quote: Quote }) {
  const id = useId();
  const runs = marked(quote.passage, quote.quote);
  const first = runs?.findIndex(({ isQuote }) => isQuote);
  const isTwice = (runs?.filter(({ isQuote }) => isQuote).length ?? 0) > 1;
  const title = quote.title === '' ? say.untitled : quote.title;
  return (
    <figure aria-labelledby={id}>
      <figcaption id={id} className={styles.source}>
        {title}
      </figcaption>
      {runs === null && (
        <Notice tone="stop" title={say.absentTitle}>
          <p>{quote.passage === '' ? say.noPassage : say.absent}</p>
          <blockquote className={styles.passage}>{quote.quote}</blockquote>
        </Notice>
      )}
      {quote.passage !== '' && (
        <p className={styles.passage}>
          {runs?.map((run, at) =>
            run.isQuote ? (
              <mark key={at} className={styles.mark}>
                {at === first && <VisuallyHidden>{reader.quoteBegins}</VisuallyHidden>}
                {run.text}
                {at === first && <VisuallyHidden>{reader.quoteEnds}</VisuallyHidden>}
              </mark>
            ) : (
              run.text
            ),
          ) ?? quote.passage}
        </p>
      )}
      {isTwice && <p className={styles.note}>{say.many}</p>}
      {/^[\w-]{1,64}$/.test(quote.document) && (
        // Without the answer that it is cited in, which would tell what Osler holds of it.
        <p data-no-print>
          <Link
            to="/documents/$id"
            params={{ id: quote.document }}
            search={documentSearch({ ...quote, cite: null })}
            target="_blank"
            rel="noreferrer"
            className={styles.open}
          >
            {say.open}
            <VisuallyHidden>{say.openOf(title)}</VisuallyHidden>
          </Link>
        </p>
      )}
    </figure>
  );
}
