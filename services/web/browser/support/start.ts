// Before all tests: the starter corpus is ingested once and served; afterwards everything is taken away.
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { chromiumPath } from './chromium';
import { binary, serve, starter } from './server';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the server that all tests share listens. */
    origin: string;
    /** A data directory with the starter corpus that no server uses, to be copied. */
    seed: string;
  }
}

export default async function start(project: TestProject): Promise<() => Promise<void>> {
  mustHave(chromiumPath);
  mustHave(binary);
  const place = await mkdtemp(join(tmpdir(), 'osler-browser-'));
  const remove = () => rm(place, { recursive: true, force: true });
  try {
    const seed = join(place, 'seed');
    await starter(seed);
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

/** What is missing is said in one line, before a minute has been spent. */
function mustHave(find: () => string): void {
  try {
    find();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
