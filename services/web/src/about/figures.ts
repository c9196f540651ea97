// Measured figures sorted under their suites and runs: what holds for all rows of a table is said once, above it.
import type { Figure } from '../api/types';

export interface Run {
  corpus: string;
  mode: string | null;
  model: string | null;
  measuredOn: string;
  command: string;
  figures: Figure[];
}

export interface Suite {
  name: string;
  runs: Run[];
}

/** Suites and runs in the order in which they first come. */
export function suitesOf(figures: readonly Figure[]): Suite[] {
  const suites = new Map<string, Map<string, Run>>();
  for (const figure of figures) {
    const runs = suites.get(figure.suite) ?? new Map<string, Run>();
    suites.set(figure.suite, runs);
    const run = runOf(figure);
    const name = JSON.stringify(run);
    const kept = runs.get(name) ?? run;
    runs.set(name, kept);
    kept.figures.push(figure);
  }
  return [...suites].map(([name, runs]) => ({ name, runs: [...runs.values()] }));
}

function runOf({ corpus, mode, model, measured_on: measuredOn, command }: Figure): Run {
  return { corpus, mode: mode ?? null, model: model ?? null, measuredOn, command, figures: [] };
}

/** "99.7 %", "14 ms", "240": as many decimals as were measured. */
export function valueOf({ value, unit }: Pick<Figure, 'value' | 'unit'>): string {
  const figure = value.toLocaleString('en', { maximumFractionDigits: 2 });
  return unit === '' ? figure : `${figure}\u00a0${unit}`;
}
