// Stretches of two texts: what is the same is folded, what changed is marked by line, sign and words, never by colour alone.
import { useMemo, useState } from 'react';
import { Button } from '../../parts/Button';
import { VisuallyHidden } from '../../parts/VisuallyHidden';
import { documentRecord } from '../../strings/documents';
import { type Change, compareWords, type Line, type WordRun } from './compare';
import styles from './Differences.module.css';

const say = documentRecord.differences;

/** Stretches that are shown at first, and with each press of the button. */
const STEP = 200;

/** Of a stretch that is the same, so many are left at its ends. */
const CONTEXT = 1;
const FOLD_FROM = 4;

export function ChangesView({ changes }: { changes: readonly Change[] }) {
  const [shown, setShown] = useState(STEP);
  const left = changes.length - shown;
  return (
    <>
      <ol aria-label={say.list} className={styles.changes}>
        {changes.slice(0, shown).map((change, at) => (
          <li key={at}>
            {change.is === 'same' ? (
              <Same lines={change.lines} isFirst={at === 0} isLast={at === changes.length - 1} />
            ) : (
              <Changed removed={change.removed} inserted={change.inserted} />
            )}
          </li>
        ))}
      </ol>
      {left > 0 && (
        <p className={styles.more}>
          {say.shown(shown, changes.length)}{' '}
          <Button size="s" onPress={() => setShown(shown + STEP)}>
            {say.more(Math.min(left, STEP))}
          </Button>
        </p>
      )}
    </>
  );
}

function Same({ lines, isFirst, isLast }: { lines: readonly string[]; isFirst: boolean; isLast: boolean }) {
  const [isOpen, setOpen] = useState(false);
  const from = isFirst ? 0 : CONTEXT;
  const to = lines.length - (isLast ? 0 : CONTEXT);
  const isFolded = to - from >= FOLD_FROM;
  const show = (some: readonly string[], at: number) => some.map((text, n) => <p key={at + n}>{text}</p>);
  if (!isFolded) return <div className={styles.same}>{show(lines, 0)}</div>;
  return (
    <div className={styles.same}>
      {show(lines.slice(0, from), 0)}
      <p className={styles.fold}>
        <Button size="s" look="link" aria-expanded={isOpen} onPress={() => setOpen(!isOpen)}>
          {isOpen ? say.unfolded(to - from) : say.folded(to - from)}
        </Button>
      </p>
      {isOpen && show(lines.slice(from, to), from)}
      {show(lines.slice(to), to)}
    </div>
  );
}

const textOf = (lines: readonly Line[]): string =>
  lines
    .filter((line) => !line.isMoved)
    .map((line) => line.text)
    .join('\n');

function Changed({ removed, inserted }: { removed: readonly Line[]; inserted: readonly Line[] }) {
  const [before, after] = [textOf(removed), textOf(inserted)];
  const runs = useMemo(() => (before && after ? compareWords(before, after) : null), [before, after]);
  const isTooLong = runs === null && before !== '' && after !== '';
  return (
    <div className={styles.changed}>
      {removed.map((line, at) => line.isMoved && <Moved key={at} text={line.text} isHere={false} />)}
      {runs && (
        <p>
          {runs.map((run, at) => (
            <Word key={at} run={run} />
          ))}
        </p>
      )}
      {isTooLong && <p className={styles.note}>{say.long}</p>}
      {!runs && before && (
        <p>
          <Word run={{ is: 'removed', text: before }} />
        </p>
      )}
      {!runs && after && (
        <p>
          <Word run={{ is: 'inserted', text: after }} />
        </p>
      )}
      {inserted.map((line, at) => line.isMoved && <Moved key={at} text={line.text} isHere />)}
    </div>
  );
}

function Word({ run: { is, text } }: { run: WordRun }) {
  if (is === 'same') return text;
  const Mark = is === 'removed' ? 'del' : 'ins';
  return (
    <Mark>
      <VisuallyHidden>{say.spoken[is]}</VisuallyHidden>
      {text}
      <VisuallyHidden>{say.spoken.end}</VisuallyHidden>
    </Mark>
  );
}

function Moved({ text, isHere }: { text: string; isHere: boolean }) {
  const Mark = isHere ? 'ins' : 'del';
  return (
    <p className={styles.moved}>
      <span className={styles.note}>{isHere ? say.movedHere : say.movedAway}</span> <Mark>{text}</Mark>
    </p>
  );
}
