// The text of a document with the quoted words marked and brought into view.
import { type ReactNode, type Ref, useMemo } from 'react';
import type { DocumentView } from '../api/types';
import { reader as words } from '../strings';
import styles from './DocumentText.module.css';
import { layout, type Piece, type Span } from './layout';

interface DocumentTextProps {
  document: Pick<DocumentView, 'text' | 'blocks'>;
  marked: Span | null;
  /** The marked words were held against an answer and found equal. */
  isChecked: boolean;
  markRef: Ref<HTMLElement>;
}

export function DocumentText({ document, marked, isChecked, markRef }: DocumentTextProps) {
  const pieces = useMemo(() => layout(document, marked), [document, marked]);
  const first = pieces.findIndex((piece) => piece.runs.some((run) => run.isQuote));
  const last = pieces.findLastIndex((piece) => piece.runs.some((run) => run.isQuote));
  const show = (piece: Piece, at: number): ReactNode =>
    piece.runs.map((run, place) =>
      run.isQuote ? (
        <mark
          key={place}
          {...(at === first ? { ref: markRef, tabIndex: -1 } : {})}
          className={isChecked ? styles.quote : styles.place}
        >
          {at === first && <span className={styles.spoken}>{words.quoteBegins}</span>}
          {run.text}
          {at === last && <span className={styles.spoken}>{words.quoteEnds}</span>}
        </mark>
      ) : (
        run.text
      ),
    );
  return <div className={styles.text}>{groups(pieces).map((group) => showGroup(group, show))}</div>;
}

interface Group {
  kind: Piece['kind'];
  from: number;
  pieces: Piece[];
}

/** Items of a list and rows of a table that follow each other belong together. */
function groups(pieces: readonly Piece[]): Group[] {
  const found: Group[] = [];
  pieces.forEach((piece, at) => {
    const before = found.at(-1);
    const isRun = piece.kind === 'list_item' || piece.kind === 'table_row' || piece.kind === 'reference';
    if (isRun && before?.kind === piece.kind) before.pieces.push(piece);
    else found.push({ kind: piece.kind, from: at, pieces: [piece] });
  });
  return found;
}

function showGroup({ kind, from, pieces }: Group, show: (piece: Piece, at: number) => ReactNode): ReactNode {
  const [piece] = pieces;
  if (!piece) return null;
  if (kind === 'list_item' || kind === 'table_row' || kind === 'reference') {
    return (
      <ul key={from} className={styles[kind]}>
        {pieces.map((one, at) => (
          <li key={one.start}>{show(one, from + at)}</li>
        ))}
      </ul>
    );
  }
  if (kind === 'heading') {
    const Heading = piece.level <= 1 ? 'h2' : piece.level === 2 ? 'h3' : 'h4';
    return (
      <Heading key={from} className={styles[Heading]}>
        {show(piece, from)}
      </Heading>
    );
  }
  return (
    <p key={from} className={kind === 'caption' ? styles.caption : styles.paragraph}>
      {show(piece, from)}
    </p>
  );
}
