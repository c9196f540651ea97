// The tests in a real browser: one worker, one server, generous times for slow machines.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  cacheDir: '../node_modules/.vite-browser',
  test: {
    environment: 'node',
    include: ['*.test.ts'],
    globalSetup: ['support/start.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
