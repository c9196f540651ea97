// Which pages of the workbench whom is shown the way to.
import { screen, within } from '@testing-library/react';
import { beforeEach, expect, it, vi } from 'vitest';
import { audit } from '../strings/audit';
import { recall } from '../strings/recall';
import { openPages } from '../testing/pages';
import { fakeServer, signedIn } from '../testing/session';
import type { Role } from '../session/types';

const { areas } = audit;

beforeEach(() => {
  vi.spyOn(globalThis, 'scrollTo').mockImplementation(() => undefined);
});

it.each<[Role[], string[]]>([
  [['auditor'], [areas.figures, areas.answers, areas.recall, areas.feedback, areas.reviews, areas.log]],
  [['librarian'], [areas.recall]],
  [['publisher'], [areas.recall]],
  [['clinician'], [areas.reviews]],
  [['clinician', 'librarian'], [areas.recall, areas.reviews]],
])('with the roles %j', async (roles, names) => {
  fakeServer(signedIn('ada', { roles }));
  openPages('/audit/recall');
  const nav = await screen.findByRole('navigation', { name: audit.area });
  expect(within(nav).getAllByRole('link').map((link) => link.textContent)).toEqual(names);
});

it('without any of them there is no empty list of links', async () => {
  fakeServer(signedIn('ada', { roles: ['admin'] }));
  openPages('/audit/recall');
  expect(await screen.findByRole('heading', { name: recall.title, level: 1 })).toBeTruthy();
  expect(screen.queryByRole('navigation', { name: audit.area })).toBeNull();
});
