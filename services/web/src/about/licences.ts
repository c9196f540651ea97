// The packages that these pages are built with, and the texts of their licences: made from the lock file by the test beside
// this file, kept in `licences.json` and `licences.txt`. After a change of packages: `npx vitest run src/about -u`.
import list from './licences.json';

export interface Package {
  name: string;
  version: string;
  licence: string;
}

export const packages: readonly Package[] = list;

interface Locked {
  version?: string;
  license?: string;
  dev?: boolean;
  devOptional?: boolean;
}

const ROOM = 'node_modules/';

/** Packages that end up in the pages: those that are not for working on them alone. */
export function packagesIn(lock: { packages: Record<string, Locked> }): Package[] {
  return Object.entries(lock.packages)
    .filter(([path, { dev, devOptional }]) => path !== '' && dev !== true && devOptional !== true)
    .map(([path, { version = '', license = '' }]) => ({
      name: path.slice(path.lastIndexOf(ROOM) + ROOM.length),
      version,
      licence: license,
    }));
}

/** Each text once, under the names of all packages that come with it. */
export function licenceTexts(texts: readonly { name: string; text: string }[]): string {
  const namesOf = new Map<string, string[]>();
  for (const { name, text } of texts) {
    const kept = text.replaceAll('\r\n', '\n').trim();
    namesOf.set(kept, [...(namesOf.get(kept) ?? []), name]);
  }
  const rule = '-'.repeat(80);
  return [...namesOf].map(([text, names]) => `${names.join(', ')}\n${rule}\n\n${text}\n`).join(`\n\n`);
}
