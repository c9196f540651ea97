// What every test needs: a clean document after each, and what jsdom lacks.
import { cleanup, configure } from '@testing-library/react';
import { afterEach } from 'vitest';

configure({ asyncUtilTimeout: 10_000 });

// jsdom has no CSS object; popovers look their names up with it, and ours need no escaping.
globalThis.CSS = { escape: (name: string) => name, supports: () => false } as unknown as typeof CSS;

// jsdom has no layout either: tests run on a wide screen with a mouse.
globalThis.matchMedia = (query: string) =>
  ({
    matches: query.includes('min-width'),
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }) as unknown as MediaQueryList;

afterEach(() => {
  cleanup();
});
