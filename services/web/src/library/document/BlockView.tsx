// A block of a text, with the places at which its passages begin and end.
import type { ReactNode } from 'react';
import { Button } from '../../parts/Button';
import { VisuallyHidden } from '../../parts/VisuallyHidden';
import { documentRecord } from '../../strings/documents';
import { pages } from '../../strings/pages';
import type { Cut, Run } from './cut';
import styles from './Text.module.css';

const say = documentRecord.text;

/** Where passages can be chosen: which one is, and how another becomes it. */
export interface Choosing {
  chosen: number | null;
  onChoose: (n: number) => void;
}

interface BlockViewProps {
  cut: Cut;
  knowsPassages: boolean;
  choosing?: Choosing;
}

export function BlockView({ cut: { kind, level, page, isCovered, runs }, knowsPassages, choosing }: BlockViewProps) {
  const first = runs.findIndex((run) => run.is === 'text');
  // Bounds before the first words stand above the block: they are no part of a heading.
  const [above, within] = first < 0 ? [runs, []] : [runs.slice(0, first), runs.slice(first)];
  const show = (run: Run, at: number): ReactNode =>
    run.is === 'text' ? <Words key={at} run={run} chosen={choosing?.chosen ?? null} /> : <Edge key={at} run={run} choosing={choosing} />;
  const Heading = level <= 1 ? 'h3' : level === 2 ? 'h4' : 'h5';
  return (
    <div className={styles.block} data-kind={kind}>
      <p className={styles.kind}>
        {say.kinds[kind]}
        {page !== null && !choosing && `, ${say.page(page)}`}
        {knowsPassages && !isCovered && <span className={styles.uncovered}>{say.uncovered}</span>}
      </p>
      <div className={styles.words}>
        {above.length > 0 && <p className={styles.edges}>{above.map(show)}</p>}
        {kind === 'heading' ? <Heading>{within.map(show)}</Heading> : <p>{within.map(show)}</p>}
      </div>
    </div>
  );
}

function Words({ run: { text, within }, chosen }: { run: Extract<Run, { is: 'text' }>; chosen: number | null }) {
  if (chosen === null || !within.includes(chosen)) return text;
  return (
    <mark className={styles.chosen}>
      <VisuallyHidden>{pages.passages.begins(chosen)}</VisuallyHidden>
      {text}
      <VisuallyHidden>{pages.passages.ends}</VisuallyHidden>
    </mark>
  );
}

function Edge({ run, choosing }: { run: Exclude<Run, { is: 'text' }>; choosing: Choosing | undefined }) {
  if (run.is === 'end') return <span className={styles.edge}>{say.ends(run.n)}</span>;
  const { page, is_in_force } = run.passage;
  if (choosing) return <PassageButton n={run.n} isInForce={is_in_force} choosing={choosing} />;
  return (
    <span className={`${styles.edge} ${is_in_force ? '' : styles.idle}`}>
      {[say.begins(run.n), page === null ? '' : say.page(page), is_in_force ? say.inForce : say.notInForce]
        .filter(Boolean)
        .join(', ')}
    </span>
  );
}

interface PassageButtonProps {
  n: number;
  isInForce: boolean;
  choosing: Choosing;
}

export function PassageButton({ n, isInForce, choosing: { chosen, onChoose } }: PassageButtonProps) {
  return (
    <span className={styles.choice}>
      <Button size="s" aria-pressed={n === chosen} onPress={() => onChoose(n)}>
        {pages.passages.name(n, isInForce)}
      </Button>
    </span>
  );
}
