// Before all tests: the starter corpus is ingested once and served; afterwards everything is taken away.
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { chromiumPath } from './chromium';
import { osler, serve } from './server';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the server that all tests share listens. */
    origin: string;
    /** A data directory with the starter corpus that no server uses, to be copied. */
    seed: string;
  }
}

export default async function start(project: TestProject): Promise<() => Promise<void>> {
  chromiumPath();
  const place = await mkdtemp(join(tmpdir(), 'osler-browser-'));
  const remove = () => rm(place, { recursive: true, force: true });
  try {
    const seed = join(place, 'seed');
    // While working on tests: a directory made once with `osler demo --setup-only` saves the minute.
    const made = process.env['OSLER_BROWSER_SEED'];
    if (made) await cp(made, seed, { recursive: true });
    else await osler('demo', '--setup-only', '--data', seed);
    const data = join(place, 'data');
    await cp(seed, data, { recursive: true });
    const server = await serve(data);
    project.provide('origin', server.origin);
    project.provide('seed', seed);
    return async () => {
      await server.stop();
      await remove();
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
