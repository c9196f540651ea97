// What all plots have in common: two axes, with round numbers at the left and days below.
import type { ReactNode } from 'react';
import styles from './Plot.module.css';
import { useBox } from './useBox';
import { dayShort } from './words';

/** From places and values to points. */
export interface Scale {
  x: (place: number) => number;
  y: (value: number) => number;
  /** The room that one period has. */
  step: number;
}

interface CanvasProps {
  /** In the place of the picture for those who do not see it. */
  label: string;
  days: readonly string[];
  /** From 0 upward. */
  ticks: readonly number[];
  write: (tick: number) => string;
  children: (scale: Scale) => ReactNode;
}

/** In sizes of a letter: what a digit and the name of a day need. */
const DIGIT = 0.62;
const DAY = 4.6;

export function Canvas({ label, days, ticks, write, children }: CanvasProps) {
  const [place, { width, em }] = useBox();
  const height = 16 * em;
  const left = (Math.max(...ticks.map((tick) => write(tick).length)) * DIGIT + 0.8) * em;
  const [right, top, bottom] = [width - 1.8 * em, em, height - 2 * em];
  const step = Math.max(right - left, 1) / Math.max(days.length, 1);
  const most = ticks.at(-1) ?? 1;
  const scale: Scale = {
    x: (at) => left + (at + 0.5) * step,
    y: (value) => bottom - (value / most) * (bottom - top),
    step,
  };
  // As many days as have room, the latest among them.
  const every = Math.ceil((DAY * em) / step);
  return (
    <div ref={place} className={styles.canvas}>
      <svg role="img" aria-label={label} viewBox={`0 0 ${width} ${height}`} width="100%">
        {ticks.map((tick) => (
          <g key={tick}>
            <line x1={left} x2={right} y1={scale.y(tick)} y2={scale.y(tick)} className={styles.grid} />
            <text x={left - 0.5 * em} y={scale.y(tick)} dy="0.35em" textAnchor="end" className={styles.tick}>
              {write(tick)}
            </text>
          </g>
        ))}
        {days.map(
          (day, at) =>
            (days.length - 1 - at) % every === 0 && (
              <text key={day} x={scale.x(at)} y={bottom + 1.4 * em} textAnchor="middle" className={styles.tick}>
                {dayShort(day)}
              </text>
            ),
        )}
        {children(scale)}
      </svg>
    </div>
  );
}
