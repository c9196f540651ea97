// Finds and starts the browser.
import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

/** The browser by $OSLER_CHROMIUM or by name on the path; playwright-core brings none of its own. */
export function chromiumPath(): string {
  const name = process.env['OSLER_CHROMIUM'] ?? 'chromium';
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = isAbsolute(name) ? [name] : folders.map((folder) => join(folder, name));
  const path = found.find(isExecutable);
  if (path === undefined) throw new Error('install chromium (apt-get install chromium) or set OSLER_CHROMIUM');
  return path;
}

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath(),
    timeout: 120_000,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
    ],
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
