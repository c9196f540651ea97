// Answers on paper: a sheet of its own beside the page, shown in print alone, with every reference in full.
import { createPortal } from 'react-dom';
import type { Answer } from '../api/types';
import { exporting as say } from '../strings/export';
import styles from './PrintSheet.module.css';
import { sheetOf, type Sheet, type Source } from './sheet';

interface PrintSheetProps {
  answers: readonly Answer[];
  title: string;
  exportedAt: string;
}

export function PrintSheet({ answers, title, exportedAt }: PrintSheetProps) {
  const sheet = (
    <article data-print-sheet className={styles.sheet}>
      <header>
        <p className={styles.wordmark}>{say.wordmark}</p>
        <h1>{title || say.untitled}</h1>
        <p className={styles.disclosure}>{say.disclosure}</p>
        <p className={styles.small}>{say.exported(exportedAt)}</p>
      </header>
      {answers.map((answer, index) => (
        <AnswerSheet key={answer.id} sheet={sheetOf(answer)} k={index + 1} of={answers.length} />
      ))}
    </article>
  );
  return createPortal(sheet, document.body);
}

function AnswerSheet({ sheet, k, of }: { sheet: Sheet; k: number; of: number }) {
  const { headings } = say;
  return (
    <section className={styles.answer}>
      {/* Above everything else, as the server asks. */}
      {sheet.banner !== null && <p className={styles.banner}>{sheet.banner}</p>}
      <p className={styles.label}>{say.question(k, of)}</p>
      <h2>{sheet.question}</h2>
      <p className={styles.kind}>
        {sheet.kind} {sheet.reason}
      </p>
      {sheet.statements.length > 0 && (
        <>
          <h3>{headings.statements}</h3>
          <ul className={styles.statements}>
            {sheet.statements.map((said, index) => (
              <li key={index}>
                <span className={styles.small}>{said.saidBy}</span>
                <p>
                  {said.text} <span className={styles.numbers}>{said.numbers.map((n) => `[${n}]`).join(' ')}</span>
                </p>
                <span className={styles.small}>{said.verdict}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      <Sources heading={headings.references(k, of)} sources={sheet.references} />
      {sheet.conflicts.length > 0 && <h3>{headings.conflicts}</h3>}
      {sheet.conflicts.map(({ reason, positions }, index) => (
        <div key={index}>
          <p>{reason}</p>
          {positions.map(({ saidBy, source }, place) => (
            <div key={place} className={styles.position}>
              <p className={styles.saidBy}>{saidBy}</p>
              <Reference source={source} />
            </div>
          ))}
        </div>
      ))}
      {sheet.unknowns.length > 0 && (
        <>
          <h3>{headings.unknowns}</h3>
          <ul>
            {sheet.unknowns.map((unknown) => (
              <li key={unknown}>{unknown}</li>
            ))}
          </ul>
        </>
      )}
      <Sources heading={headings.closest} sources={sheet.closest} />
      <Sources heading={headings.uncited} sources={sheet.uncited} />
      <h3>{headings.provenance}</h3>
      <dl className={styles.provenance}>
        {sheet.provenance.map(({ label, value }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Sources({ heading, sources }: { heading: string; sources: Source[] }) {
  if (sources.length === 0) return null;
  return (
    <>
      <h3>{heading}</h3>
      {sources.map((source, index) => (
        <Reference key={index} source={source} />
      ))}
    </>
  );
}

function Reference({ source: { label, title, quote, lines, links, warnings } }: { source: Source }) {
  return (
    <div className={styles.reference}>
      <p className={styles.document}>
        <span className={styles.numbers}>{label}</span> {title}
      </p>
      {warnings.map((warning) => (
        <p key={warning} className={styles.warning}>
          {warning}
        </p>
      ))}
      <blockquote>{quote}</blockquote>
      {lines.map((line) => (
        <p key={line} className={styles.small}>
          {line}
        </p>
      ))}
      {links.map(({ label: kind, text, href }) => (
        <p key={kind} className={styles.small}>
          {kind}: {href === null ? text : <a href={href}>{text}</a>}
        </p>
      ))}
    </div>
  );
}
