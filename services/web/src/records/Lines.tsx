// Lines with gaps where there is no value. They differ in their strokes and in the shapes of their points.
import { Canvas, type Scale } from './Canvas';
import styles from './Plot.module.css';

export type Stroke = 'whole' | 'dashed';

export interface Course {
  name: string;
  stroke: Stroke;
  /** One for each day; null where there is none. */
  values: readonly (number | null)[];
}

interface LinesProps {
  label: string;
  days: readonly string[];
  courses: readonly Course[];
  ticks: readonly number[];
  write: (tick: number) => string;
}

export function Lines({ label, days, courses, ticks, write }: LinesProps) {
  return (
    <>
      {courses.length > 1 && (
        <ul className={styles.legend}>
          {courses.map(({ name, stroke }) => (
            <li key={name}>
              <svg aria-hidden="true" width="2.4em" height="1em" viewBox="0 0 29 12">
                <path d="M0 6H29" className={styles[stroke]} />
                <Point stroke={stroke} x={14.5} y={6} />
              </svg>
              {name}
            </li>
          ))}
        </ul>
      )}
      <Canvas label={label} days={days} ticks={ticks} write={write}>
        {(scale) =>
          courses.map(({ name, stroke, values }) => (
            <g key={name}>
              <path d={pathOf(values, scale)} className={styles[stroke]} />
              {values.map(
                (value, at) =>
                  value !== null && <Point key={days[at]} stroke={stroke} x={scale.x(at)} y={scale.y(value)} />,
              )}
            </g>
          ))
        }
      </Canvas>
    </>
  );
}

/** Begins anew after each gap; a value between two gaps is a point without a line. */
export function pathOf(values: readonly (number | null)[], { x, y }: Pick<Scale, 'x' | 'y'>): string {
  let path = '';
  values.forEach((value, at) => {
    if (value === null) return;
    path += `${(values[at - 1] ?? null) === null ? 'M' : 'L'}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
  });
  return path;
}

function Point({ stroke, x, y }: { stroke: Stroke; x: number; y: number }) {
  return stroke === 'whole' ? (
    <circle cx={x} cy={y} r={2.8} className={styles.round} />
  ) : (
    <rect x={x - 2.8} y={y - 2.8} width={5.6} height={5.6} className={styles.square} />
  );
}
