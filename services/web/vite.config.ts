// How the pages are built, served while they are being worked on, and tested.
import react from '@vitejs/plugin-react';
import { compression, defineAlgorithm } from 'vite-plugin-compression2';
import { defineConfig } from 'vitest/config';

const server = process.env['OSLER_ORIGIN'] ?? 'http://127.0.0.1:8080';
const proxy = Object.fromEntries(
  ['/v1', '/log', '/healthz', '/readyz', '/openapi.json'].map((path) => [path, { target: server, changeOrigin: false }]),
);

/** The pages speak English; react-aria's own words in thirty other languages would be a tenth of the first load. */
const englishOnly = {
  name: 'english-only',
  load: (id: string) =>
    /react-(aria|stately|aria-components)\/.*\/intl\/[\w/]+\/(?!en-US\.)[\w-]+\.mjs$/.test(id)
      ? `export { default } from './en-US.mjs';`
      : null,
};

export default defineConfig({
  plugins: [englishOnly, react(), compression({ algorithms: [defineAlgorithm('brotliCompress'), defineAlgorithm('gzip')] })],
  // The server puts a fresh nonce in place of this in every response.
  html: { cspNonce: '__OSLER_NONCE__' },
  build: {
    // The server embeds what is in dist; its .gitignore keeps the folder there before anything is built.
    outDir: 'dist/app',
    target: ['chrome111', 'edge111', 'firefox114', 'safari16.4'],
    // A data: URL would need a looser content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy },
  preview: { proxy },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/testing/setup.ts'],
    restoreMocks: true,
    // Slow machines are no reason to fail.
    testTimeout: 30_000,
  },
});
