// Every page of library, audit and accounts: without barriers in both themes, wide and narrow, and open to those it is for alone.
import { afterAll, beforeAll, describe } from 'vitest';
import { problem } from '../src/strings/problem';
import { copyOf, VERTIGO } from './guidelines';
import { settled } from './support/acts';
import { caller } from './support/api';
import { barriers } from './support/barriers';
import { as, ownServer } from './support/desk';
import { scene, type Scene } from './support/scene';
import { ADMIN, AUDITOR, CLINICIAN, LIBRARIAN, type Person, PUBLISHER, type Server } from './support/server';
import { expect, NARROW, test, WIDE } from './support/test';

let server: Server;
let made: Scene;
beforeAll(async () => {
  server = await ownServer();
  made = await scene(server.origin);
  // What was proposed is no longer what is there, which is said on its page.
  const copy = copyOf(VERTIGO, 'vertigo-again', (text) => text);
  await (await caller(server.origin, LIBRARIAN)).takeIn([copy, { file: 'scan.pdf', text: 'no PDF' }]);
});
afterAll(() => server.stop());

const here = () => ({ origin: server.origin });

const rooms: readonly (readonly [Person, readonly (() => string)[]])[] = [
  [
    LIBRARIAN,
    [
      () => '/library', () => '/library/corpora/starter', () => '/library/documents', () => '/library/ingest?run=1', () => '/library/queue', () => '/library/changes',
      () => '/library/snapshots', () => '/library/gaps?state=filled',
      () => `/library/changes/${made.proposal}`,
      ...['text', 'differences', 'passages', 'answers'].map(
        (view) => () => `/library/documents/${made.document}?view=${view}`,
      ),
    ],
  ],
  [
    AUDITOR,
    [
      () => '/audit/answers', () => `/audit/answers/${made.answer}`, () => `/audit/recall?document=${made.document}`,
      () => '/audit/feedback', () => '/audit/feedback?kind=safety', () => '/audit/reviews', () => `/audit/reviews/${made.review}`, () => '/audit/log',
    ],
  ],
  [CLINICIAN, [() => `/audit/reviews/${made.review}`, () => '/about/model']],
  [ADMIN, [() => '/accounts', () => '/accounts/words']],
];

describe.for(['light', 'dark'] as const)('in %s', (colorScheme) => {
  describe.for(rooms)('for $role', ([who, addresses]) => {
    test.for(addresses.map((address, at) => [at + 1, address] as const))('page %i has no barriers', async ([, address], { visitor }) => {
      const page = await as(visitor, who, address(), { ...here(), colorScheme, bypassCSP: true });
      await settled(page);
      // What is out of sight has no style before it has been seen, and would be found wanting.
      await page.addStyleTag({ content: '*:not([hidden]) { content-visibility: visible !important }' });
      for (const size of [WIDE, NARROW]) {
        await page.setViewportSize(size);
        // What depends on the width is told of it before the next picture.
        await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
        expect([size.width, await barriers(page)]).toEqual([size.width, []]);
      }
    });
  });
});

/** For each page, those who see it. */
const doors: readonly (readonly [() => string, readonly Person[]])[] = [
  [() => '/library', [LIBRARIAN, PUBLISHER, AUDITOR]],
  [() => '/library/corpora/starter', [LIBRARIAN, PUBLISHER, AUDITOR]],
  [() => `/library/changes/${made.proposal}`, [LIBRARIAN, PUBLISHER, AUDITOR]],
  [() => '/audit', [AUDITOR]],
  [() => '/audit/answers', [AUDITOR]],
  [() => `/audit/answers/${made.answer}`, [AUDITOR]],
  [() => `/audit/recall?document=${made.document}`, [LIBRARIAN, PUBLISHER, AUDITOR]],
  [() => '/audit/feedback', [AUDITOR]],
  [() => '/audit/reviews', [CLINICIAN, AUDITOR]],
  [() => '/audit/log', [AUDITOR]],
  [() => '/accounts', [ADMIN]],
  [() => '/accounts/words', [ADMIN]],
  [() => '/about/model', [CLINICIAN, LIBRARIAN, PUBLISHER, AUDITOR, ADMIN]],
];

test.for([CLINICIAN, LIBRARIAN, PUBLISHER, AUDITOR, ADMIN])('$role sees what is for them, and is told what is not', async (who, { visitor, watch }) => {
  watch.expects(/status of 403/);
  const page = await as(visitor, who, '/about', here());
  for (const [address, people] of doors) {
    await page.goto(address());
    await settled(page);
    const shut = page.getByText(problem.notAllowed);
    if (people.includes(who)) expect([address(), await shut.count()]).toEqual([address(), 0]);
    else await shut.first().waitFor();
  }
});
