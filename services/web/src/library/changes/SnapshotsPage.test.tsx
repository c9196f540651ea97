// Snapshots and the way back, against a server in memory.
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { beforeEach, expect, it, vi } from 'vitest';
import { act } from '../../strings/act';
import { changes } from '../../strings/changes';
import { openPages } from '../../testing/pages';
import { fakeServer, json, PASSWORD, refusal, type Replies, signedIn } from '../../testing/session';
import { lin, pat } from '../sample';
import type { Snapshots } from '../types';

const say = changes.snapshots;
const DOCUMENT = '0bb4516372a667841b30dd5d97871fe1';

const sample = (): Snapshots => ({
  published: 3,
  head: 3,
  staged: 4,
  snapshots: [3, 2, 1].map((number) => ({
    number,
    published_at: `2026-11-0${number}T10:00:00Z`,
    actor: number === 1 ? { id: 'command-line', name: null } : pat,
    reason: number === 3 ? '<img src=x> Autumn' : '',
  })),
  decisions: [
    { number: 9, at: '2026-11-03T10:00:00Z', actor: pat, action: 'publish', subject: '3', reason: 'Autumn' },
    { number: 8, at: '2026-11-02T10:00:00Z', actor: lin, action: 'retracted', subject: `${DOCUMENT} v2`, reason: 'Notice' },
  ],
});

let snapshots = sample();

function open(roles: 'publisher' | 'librarian', more: Replies = {}) {
  fakeServer(signedIn('pat', { roles: [roles] }), { 'GET /v1/library/snapshots': () => json(snapshots), ...more });
  return openPages('/library/snapshots');
}

beforeEach(() => {
  snapshots = sample();
  sessionStorage.clear();
  vi.spyOn(globalThis, 'scrollTo').mockImplementation(() => undefined);
});

it('who reads them sees what was published when, by whom and why, and what was decided', async () => {
  const { container } = open('librarian');
  const rows = within(await screen.findByRole('list', { name: say.list })).getAllByRole('listitem');
  expect(rows.map((one) => one.textContent?.includes(say.isPublished))).toEqual([true, false, false]);
  expect(rows[0]?.textContent).toContain('<img src=x> Autumn');
  expect(rows[2]?.textContent).toContain('Command line');
  expect(container.querySelector('img')).toBeNull();
  expect(screen.queryByRole('button', { name: say.backTo(2) })).toBeNull();
  const link = screen.getByRole('link', { name: `${DOCUMENT} v2` });
  expect(link.getAttribute('href')).toBe(`/library/documents/${DOCUMENT}?version=2`);
  const { violations } = await axe.run(container);
  expect(violations.map(({ id }) => id)).toEqual([]);
});

it('a publisher goes back with reason and password, and is told what that does', async () => {
  const sent: unknown[] = [];
  open('publisher', {
    'POST /v1/library/rollback': (body) => {
      sent.push(body);
      snapshots = { ...snapshots, published: 2 };
      return json({ published: 2 });
    },
  });
  await userEvent.click(await screen.findByRole('button', { name: say.backTo(2) }));
  expect(screen.queryByRole('button', { name: say.backTo(3) })).toBeNull();
  const dialog = screen.getByRole('dialog', { name: `${say.backTo(2)}?` });
  expect(within(dialog).getByText(say.dialog.at)).toBeTruthy();
  expect(within(dialog).getByText(say.dialog.numbers(4))).toBeTruthy();
  await userEvent.click(within(dialog).getByRole('button', { name: say.dialog.act }));
  expect(within(dialog).getByText(say.dialog.missing)).toBeTruthy();
  expect(within(dialog).getByText(act.noPassword)).toBeTruthy();
  await userEvent.type(within(dialog).getByRole('textbox', { name: new RegExp(say.dialog.reason) }), 'A wrong dose');
  await userEvent.type(within(dialog).getByLabelText(act.password), PASSWORD);
  await userEvent.click(within(dialog).getByRole('button', { name: say.dialog.act }));
  expect(await screen.findByText(say.dialog.done(2))).toBeTruthy();
  expect(sent).toEqual([{ snapshot: 2, reason: 'A wrong dose', password: PASSWORD }]);
  expect(await screen.findByText(say.behindDetail(2, 3))).toBeTruthy();
  await waitFor(() => expect(document.activeElement?.textContent).toContain(say.published(2)));
  expect(screen.getByRole('button', { name: say.onTo(3) })).toBeTruthy();
});

it('a refusal keeps the reason, takes the password out, and says what to do', async () => {
  open('publisher', { 'POST /v1/library/rollback': () => refusal(409, 'staged', 'changes are staged') });
  await userEvent.click(await screen.findByRole('button', { name: say.backTo(1) }));
  const reason = screen.getByRole<HTMLTextAreaElement>('textbox', { name: new RegExp(say.dialog.reason) });
  await userEvent.type(reason, 'A wrong dose');
  const password = screen.getByLabelText<HTMLInputElement>(act.password);
  await userEvent.type(password, PASSWORD);
  await userEvent.click(screen.getByRole('button', { name: say.dialog.act }));
  expect(await screen.findByText(say.dialog.help['staged'] ?? '')).toBeTruthy();
  expect([reason.value, password.value]).toEqual(['A wrong dose', '']);
});
