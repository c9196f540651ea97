// Files that were dropped or chosen, before they are sent.
import type { DropItem } from 'react-aria-components';
import { MOST_BYTES } from './upload';

export interface Chosen {
  key: number;
  file: File;
}

export type Fault = 'none' | 'too_much' | 'empty_file';

const same = (a: File, b: File) => a.name === b.name && a.size === b.size && a.lastModified === b.lastModified;

/** What was chosen already is not added again. */
export function withMore(chosen: readonly Chosen[], more: readonly File[]): Chosen[] {
  const all = [...chosen];
  let key = Math.max(0, ...chosen.map((one) => one.key));
  for (const file of more) {
    if (all.some((one) => same(one.file, file))) continue;
    key += 1;
    all.push({ key, file });
  }
  return all;
}

export const bytesOf = (chosen: readonly Chosen[]): number => chosen.reduce((sum, { file }) => sum + file.size, 0);

/** Why they cannot be sent as they are; null if they can. */
export function faultOf(chosen: readonly Chosen[]): Fault | null {
  if (chosen.length === 0) return 'none';
  if (bytesOf(chosen) > MOST_BYTES) return 'too_much';
  return chosen.some(({ file }) => file.size === 0) ? 'empty_file' : null;
}

/** Those in folders, too. */
export async function filesIn(items: Iterable<DropItem> | AsyncIterable<DropItem>): Promise<File[]> {
  const files: File[] = [];
  for await (const item of items) {
    if (item.kind === 'file') files.push(await item.getFile());
    if (item.kind === 'directory') files.push(...(await filesIn(item.getEntries())));
  }
  return files;
}
