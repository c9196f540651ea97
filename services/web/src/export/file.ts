// Saving a text as a file under a name that every system takes.

/** `osler-2026-11-22-metformin-in-renal.md`: letters and digits of any script, the rest as single hyphens. */
export function fileName(title: string, date: string, extension: string): string {
  const day = /^\d{4}-\d{2}-\d{2}/.exec(date)?.[0];
  const words =
    title
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu) ?? [];
  return `${['osler', day, shortened(words)].filter(Boolean).join('-')}.${extension}`;
}

/** 48 code points are at most 192 bytes of UTF-8; file systems take 255 for the whole name. */
const MOST = 48;

/** As many whole words as fit; a part of the first where it is too long by itself. */
function shortened(words: readonly string[]): string {
  let name = Array.from(words[0] ?? '')
    .slice(0, MOST)
    .join('');
  for (const word of words.slice(1)) {
    if (Array.from(name).length + 1 + Array.from(word).length > MOST) break;
    name += `-${word}`;
  }
  return name;
}

export function save(name: string, type: string, text: string): void {
  saveBlob(name, new Blob([text], { type: `${type};charset=utf-8` }));
}

export function saveBlob(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = name;
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  // Some browsers read the blob only after the click has been handled.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
