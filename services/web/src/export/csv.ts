// Tables as CSV (RFC 4180) that a spreadsheet opens without taking any cell for a formula.

/** How a formula begins, in full-width letters too; white space may stand before it. */
const FORMULA = /^(?:\s*[=+\-@＝＋－＠]|[\t\r\n])/;

/** Where the separator is a semicolon or a tab, or the quotes are not seen, a spreadsheet begins a cell there as well. */
const WITHIN = /([;\t\r\n]\s*)(?=[=+\-@＝＋－＠])/g;

export type Cell = string | number | null | undefined;

function written(value: Cell): string {
  if (typeof value === 'number') return String(value);
  const text = (value ?? '').replace(WITHIN, "$1'");
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** With a byte order mark: without it, spreadsheets take the letters for those of another alphabet. */
export function csv(rows: readonly (readonly Cell[])[]): string {
  return `\ufeff${rows.map((row) => `${row.map(written).join(',')}\r\n`).join('')}`;
}
