// How large a file is, as it is said.
const units = ['bytes', 'kB', 'MB', 'GB'];

/** "512 bytes", "2 kB", "1.4 MB": thousands, as files are sold. */
export function sizeWords(bytes: number): string {
  let [size, unit] = [bytes, 0];
  // What would be rounded up to 1,000 is one of the next unit.
  while (size >= 999.5 && unit < units.length - 1) [size, unit] = [size / 1000, unit + 1];
  return `${size.toLocaleString('en', { maximumFractionDigits: unit > 1 ? 1 : 0 })}\u00a0${units[unit]}`;
}
