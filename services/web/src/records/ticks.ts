// Round numbers for an axis that begins at 0.

/** Steps of 1, 2 or 5 times a power of ten from 0 to the first one that is not below `most`; whole numbers only. */
export function ticks(most: number, about = 4): number[] {
  if (!Number.isFinite(most) || most <= 0) return [0, 1];
  const step = Math.max(roundStep(most / about), 1);
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, at) => at * step);
}

/** The least of 1, 2, 5, 10, 20, … that is not below `least`. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5].find((one) => one * power >= least) ?? 10;
  return factor * power;
}
