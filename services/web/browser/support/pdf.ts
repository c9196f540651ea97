// PDF files small enough to be written by hand: Helvetica on A4, line below line.
import type { File } from './desk';

export interface Line {
  text: string;
  /** Of its letters, in points. */
  size: number;
}

/** A file of these pages. Its letters are those of ASCII, so that places in the text are places in the file. */
export function pdf(file: string, pages: readonly (readonly Line[])[]): File {
  const numbers = pages.map((_, at) => ({ page: 4 + 2 * at, content: 5 + 2 * at }));
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${numbers.map(({ page }) => `${page} 0 R`).join(' ')}] /Count ${pages.length} >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
    ...pages.flatMap((lines, at) => {
      const content = contentOf(lines);
      const look = '/MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >>';
      return [
        `<< /Type /Page /Parent 2 0 R ${look} /Contents ${numbers[at]?.content ?? 0} 0 R >>`,
        `<< /Length ${content.length} >>\nstream\n${content}endstream`,
      ];
    }),
  ];
  let text = '%PDF-1.4\n';
  const places = objects.map((object, at) => {
    const place = text.length;
    text += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return place;
  });
  const table = text.length;
  const rows = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('');
  const count = objects.length + 1;
  text += `xref\n0 ${count}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${count} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`;
  return { file, text };
}

/** Each line so far below the one before that larger letters have more room. */
function contentOf(lines: readonly Line[]): string {
  let y = 780;
  return lines
    .map(({ text, size }) => {
      y -= size * 1.2;
      // A heading stands by itself, and the text below it goes on line by line.
      const place = y;
      if (size > 10) y -= size;
      return `BT /F1 ${size} Tf 60 ${place.toFixed(1)} Td (${text.replaceAll(/[\\()]/g, '\\$&')}) Tj ET\n`;
    })
    .join('');
}
