// What a page would have saved, instead of a download.
import { vi } from 'vitest';

export interface SavedFile {
  name: string;
  blob: Blob;
}

/** The list grows with every file that is saved from now on. */
export function catchFiles(): SavedFile[] {
  const saved: SavedFile[] = [];
  let blob = new Blob();
  URL.createObjectURL = (made) => {
    blob = made as Blob;
    return 'blob:test';
  };
  URL.revokeObjectURL = () => undefined;
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    saved.push({ name: this.download, blob });
  });
  return saved;
}

/** Blobs of jsdom have no `text`; those that a response made have. */
export function textOf({ blob }: SavedFile = { name: '', blob: new Blob() }): Promise<string> {
  if (typeof blob.text === 'function') return blob.text();
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = () => reject(new Error('unreadable'));
    reader.readAsText(blob);
  });
}
