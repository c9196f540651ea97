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
    // Each test has a browser context of its own; while one waits for an answer, another can look at its page.
    sequence: { concurrent: true },
    maxConcurrency: 3,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
