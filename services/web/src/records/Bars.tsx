// Stacked bars. Each part has a pattern of its own, so that none is told by its colour alone.
import { useId } from 'react';
import { Canvas } from './Canvas';
import styles from './Plot.module.css';
import { ticks } from './ticks';
import { count } from './words';

export type Pattern = 'full' | 'hatched' | 'crossed' | 'dotted' | 'hollow';

export interface Part {
  name: string;
  pattern: Pattern;
  /** One for each day. */
  values: readonly number[];
}

interface BarsProps {
  label: string;
  days: readonly string[];
  /** From the foot of the stack upward. */
  parts: readonly Part[];
}

export function Bars({ label, days, parts }: BarsProps) {
  const id = useId();
  const sums = days.map((_, at) => parts.reduce((sum, { values }) => sum + (values[at] ?? 0), 0));
  return (
    <>
      <ul className={styles.legend}>
        {parts.map(({ name, pattern }) => (
          <li key={name}>
            <svg aria-hidden="true" width="1.4em" height="1em" viewBox="0 0 17 12">
              <rect x="0.5" y="0.5" width="16" height="11" fill={fillOf(pattern, id)} className={styles[pattern]} />
            </svg>
            {name}
          </li>
        ))}
      </ul>
      <Canvas label={label} days={days} ticks={ticks(Math.max(...sums, 0))} write={count}>
        {({ x, y, step }) => (
          <>
            <Patterns id={id} />
            {days.map((day, at) => {
              let foot = 0;
              return parts.map(({ name, pattern, values }) => {
                const value = values[at] ?? 0;
                const top = y((foot += value));
                const width = Math.max(step * 0.7, 1);
                const box = { x: x(at) - width / 2, y: top, width, height: y(foot - value) - top };
                const look = { fill: fillOf(pattern, id), className: styles[pattern] };
                return value > 0 && <rect key={`${day}/${name}`} {...box} {...look} />;
              });
            })}
          </>
        )}
      </Canvas>
    </>
  );
}

/** What is full or hollow takes its colour from the style sheet. */
function fillOf(pattern: Pattern, id: string): string | undefined {
  return pattern === 'full' || pattern === 'hollow' ? undefined : `url(#${id}-${pattern})`;
}

function Patterns({ id }: { id: string }) {
  return (
    <defs>
      <pattern id={`${id}-hatched`} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="5" height="5" className={styles.ground} />
        <line x1="1" x2="1" y2="5" className={styles.hatch} />
      </pattern>
      <pattern id={`${id}-crossed`} width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="4" height="4" className={styles.ground} />
        <path d="M1 0V4M0 1H4" className={styles.cross} />
      </pattern>
      <pattern id={`${id}-dotted`} width="5" height="5" patternUnits="userSpaceOnUse">
        <rect width="5" height="5" className={styles.ground} />
        <circle cx="2" cy="2" r="1" className={styles.dot} />
      </pattern>
    </defs>
  );
}
