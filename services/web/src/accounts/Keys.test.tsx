// Keys of an account: shown once, never again, and revoked, against a server in memory.
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { accounts as say } from '../strings/accounts';
import { parts } from '../strings/parts';
import { json, refusal, type Replies } from '../testing/session';
import type { Key } from './calls';
import { dialog, key, openAccounts, press, rows } from './sample';

const SECRET = 'osler_44749a360f43110b_c2VjcmV0';

beforeEach(() => {
  sessionStorage.clear();
  vi.spyOn(globalThis, 'scrollTo').mockImplementation(() => undefined);
});

describe('keys', () => {
  const adding: Replies = { 'POST /v1/accounts/id-ada/keys': () => json({ ...key, key: SECRET }, 201) };

  async function add(): Promise<HTMLElement> {
    await press(say.keys.add);
    await userEvent.type(screen.getByRole('textbox', { name: new RegExp(say.newKey.label) }), 'ward');
    await press(say.newKey.save);
    return dialog(say.newKey.shownTitle, 'alertdialog');
  }

  it('are shown once only, and are nowhere afterwards', async () => {
    const { services } = openAccounts('/accounts?account=id-ada', { replies: adding, keys: [key] });
    const shown = within(await add());
    expect(shown.getByText(SECRET)).toBeTruthy();
    expect(shown.getByText(say.newKey.shown)).toBeTruthy();
    await userEvent.click(shown.getByRole('button', { name: say.newKey.done }));
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
    await screen.findByRole('table', { name: say.keys.table });
    expect(document.body.textContent).not.toContain(SECRET);
    const kept = [
      ...services.queries.getQueryCache().getAll().map(({ state }) => state),
      ...services.queries.getMutationCache().getAll().map(({ state }) => state),
    ];
    expect(JSON.stringify(kept)).not.toContain(SECRET);
    // Adding another does not begin with the last.
    await press(say.keys.add);
    expect(await dialog(say.newKey.title)).toBeTruthy();
    expect(document.body.textContent).not.toContain(SECRET);
  });

  it('are not lost by Escape before they were copied', async () => {
    openAccounts('/accounts?account=id-ada', { replies: adding });
    const shown = within(await add());
    await userEvent.keyboard('{Escape}');
    expect((await shown.findByRole('alert')).textContent).toContain(say.newKey.uncopied);
    expect(shown.getByText(SECRET)).toBeTruthy();
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
  });

  it('that were copied are left at once', async () => {
    const copying = userEvent.setup();
    openAccounts('/accounts?account=id-ada', { replies: adding });
    const shown = within(await add());
    await copying.click(shown.getByRole('button', { name: parts.copyThis(say.newKey.secret) }));
    expect(await shown.findByText(parts.copied)).toBeTruthy();
    expect(await navigator.clipboard.readText()).toBe(SECRET);
    await copying.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
  });

  it('end with a day, which is none that is over', async () => {
    const bodies: unknown[] = [];
    openAccounts('/accounts?account=id-ada', {
      replies: {
        'POST /v1/accounts/id-ada/keys': (body) => {
          bodies.push(body);
          return refusal(503, 'accounts_unavailable', 'the accounts could not be read or written');
        },
      },
    });
    await press(say.keys.add);
    const typing = userEvent.setup();
    await typing.type(screen.getByRole('textbox', { name: new RegExp(say.newKey.label) }), ' ward ');
    const ends = screen.getByLabelText(say.newKey.ends);
    await typing.type(ends, '2020-01-01');
    await press(say.newKey.save);
    expect(await screen.findByText(say.newKey.errors.ends)).toBeTruthy();
    expect(bodies).toEqual([]);
    await typing.clear(ends);
    await typing.type(ends, '2099-01-31');
    await press(say.newKey.save);
    expect(await screen.findByText(say.newKey.failed)).toBeTruthy();
    expect(bodies).toEqual([{ label: 'ward', expires_at: '2099-01-31T23:59:59Z' }]);
  });

  it('are listed with what became of them, and revoked after a question', async () => {
    const keys: Key[] = [key, { ...key, id: 'b', revoked_at: '2026-11-23T10:00:00Z' }, { ...key, id: 'c', expires_at: '2020-01-01T00:00:00Z' }];
    const { server } = openAccounts('/accounts?account=id-ada', {
      keys,
      replies: { [`DELETE /v1/accounts/id-ada/keys/${key.id}`]: () => new Response(null, { status: 204 }) },
    });
    await screen.findByRole('table', { name: say.keys.table });
    const states = rows().map((row) => row[5]);
    expect(states[0]).toBe(say.keys.states.works);
    expect(states[1]).toContain(say.keys.revokedAt('').trim());
    expect(states[2]).toBe(say.keys.states.ended);
    const buttons = screen.getAllByRole('button', { name: say.keys.revokeOf(key.label) });
    expect(buttons).toHaveLength(2);
    await userEvent.click(buttons[0] as HTMLElement);
    const asking = within(await dialog(say.revoking.title, 'alertdialog'));
    expect(asking.getByText(say.revoking.text(key.label))).toBeTruthy();
    expect(server.asked.filter((one) => one.startsWith('DELETE'))).toEqual([]);
    await userEvent.click(asking.getByRole('button', { name: say.revoking.confirm }));
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
    expect(server.asked.filter((one) => one.startsWith('DELETE'))).toEqual([`DELETE /v1/accounts/id-ada/keys/${key.id}`]);
  });

  it('have no barriers that a checker finds while they are shown', async () => {
    openAccounts('/accounts?account=id-ada', { replies: adding });
    const { violations } = await axe.run(await add());
    expect(violations.map(({ id }) => id)).toEqual([]);
  });
});
