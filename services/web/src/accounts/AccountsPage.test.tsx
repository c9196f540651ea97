// Accounts and roles as an administrator has them, against a server in memory.
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { accounts as say } from '../strings/accounts';
import { problem } from '../strings/problem';
import { session as words } from '../strings/session';
import { openPages } from '../testing/pages';
import { fakeServer, json, nobody, refusal, signedIn } from '../testing/session';
import { account, ada, dialog, key, openAccounts, press, root, rows } from './sample';

const user = () => userEvent.setup();

beforeEach(() => {
  sessionStorage.clear();
  vi.spyOn(globalThis, 'scrollTo').mockImplementation(() => undefined);
});

describe('the list', () => {
  it('has names, roles in words, the way in, and what keeps out', async () => {
    openAccounts();
    await screen.findByRole('table', { name: say.table });
    const all = rows();
    expect(all[0]).toEqual(['ada', 'Ada Lovelace', 'Clinician, Auditor', say.ways.password, '']);
    expect(all[1]?.slice(0, 4)).toEqual(['eve', '', say.noRoles, say.ways.provider]);
    expect(all[1]?.[4]).toContain(say.locked('').trim());
    expect(all[2]?.[0]).toBe(`root ${say.you}`);
    expect(all[3]?.slice(3)).toEqual([say.ways.keys, say.disabled]);
  });

  it('is searched by name and full name, and the address keeps it', async () => {
    const { pages } = openAccounts();
    await user().type(await screen.findByRole('searchbox', { name: say.search }), 'LOVE');
    expect(rows().map(([name]) => name)).toEqual(['ada']);
    expect(screen.getByText(say.count('1', '4'))).toBeTruthy();
    await waitFor(() => expect(pages.state.location.search).toEqual({ q: 'LOVE' }));
    await userEvent.click(screen.getByRole('link', { name: 'ada' }));
    await userEvent.click(await screen.findByRole('link', { name: say.one.back }));
    expect((await screen.findByRole<HTMLInputElement>('searchbox', { name: say.search })).value).toBe('LOVE');
  });

  it('shows no more than can be read at once', async () => {
    openAccounts('/accounts', { accounts: [root, ...Array.from({ length: 120 }, (_, n) => account(`user${n}`))] });
    await screen.findByRole('table', { name: say.table });
    expect(rows()).toHaveLength(100);
    await press(say.more('21'));
    expect(rows()).toHaveLength(121);
  });

  it('is not for everybody', async () => {
    fakeServer(signedIn('ada'), { 'GET /v1/accounts': () => refusal(403, 'not_allowed', 'this needs the role admin') });
    openPages('/accounts');
    expect(await screen.findByText(problem.notAllowed)).toBeTruthy();
  });
});

describe('adding an account', () => {
  const name = () => screen.getByRole('textbox', { name: new RegExp(say.new.name) });

  it('is done with the keyboard alone, and leads to the account', async () => {
    const bodies: unknown[] = [];
    const made = account('mary', { full_name: 'Mary Seacole', roles: ['clinician', 'librarian'] });
    const { pages } = openAccounts('/accounts', {
      replies: {
        'POST /v1/accounts': (body) => {
          bodies.push(body);
          return json(made, 201);
        },
        'GET /v1/accounts/id-mary/keys': () => json({ keys: [] }),
      },
    });
    const keyboard = user();
    (await screen.findByRole('button', { name: say.add })).focus();
    await keyboard.keyboard('{Enter}');
    await dialog(say.new.title);
    await waitFor(() => expect(document.activeElement).toBe(name()));
    await keyboard.keyboard(' Mary{Tab}Mary Seacole{Tab}{Tab} ');
    await keyboard.type(screen.getByLabelText(say.new.password), 'correct horse');
    screen.getByRole('button', { name: say.new.save }).focus();
    await keyboard.keyboard('{Enter}');
    expect(await screen.findByRole('heading', { name: 'Mary Seacole', level: 1 })).toBeTruthy();
    expect(bodies).toEqual([
      { name: 'mary', full_name: 'Mary Seacole', roles: ['clinician', 'librarian'], password: 'correct horse' },
    ]);
    expect(pages.state.location.search).toEqual({ account: 'id-mary' });
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Mary Seacole'));
  });

  it('says what each role may do, and needs no password for programs', async () => {
    const bodies: unknown[] = [];
    openAccounts('/accounts', {
      replies: {
        'POST /v1/accounts': (body) => {
          bodies.push(body);
          return refusal(409, 'name_taken', 'there is an account of that name already');
        },
      },
    });
    await press(say.add);
    for (const does of Object.values(say.does)) expect(screen.getByText(does)).toBeTruthy();
    await userEvent.click(screen.getByRole('radio', { name: new RegExp(say.new.ways.keys.label) }));
    expect(screen.queryByLabelText(say.new.password)).toBeNull();
    await user().type(name(), 'ada');
    await press(say.new.save);
    // What was typed is still there to be corrected.
    expect(await screen.findByText(say.new.errors.taken)).toBeTruthy();
    expect((name() as HTMLInputElement).value).toBe('ada');
    expect(document.activeElement).toBe(name());
    expect(bodies).toEqual([{ name: 'ada', full_name: null, roles: ['clinician'], password: null }]);
  });

  it('sends nothing that cannot be right', async () => {
    const { server } = openAccounts();
    await press(say.add);
    await user().type(name(), 'Ada Lovelace');
    await press(say.new.save);
    expect(await screen.findByText(say.new.errors.name)).toBeTruthy();
    expect(screen.getByText(say.new.errors.password)).toBeTruthy();
    expect(server.asked).not.toContain('POST /v1/accounts');
  });

  it('shows what is wrong with a password at its field', async () => {
    openAccounts('/accounts', {
      replies: { 'POST /v1/accounts': () => refusal(422, 'bad_password', 'a password has 12 to 128 characters') },
    });
    await press(say.add);
    await user().type(name(), 'mary');
    await user().type(screen.getByLabelText(say.new.password), 'short');
    await press(say.new.save);
    expect(await screen.findByText('A password has 12 to 128 characters.')).toBeTruthy();
    expect(document.activeElement).toBe(screen.getByLabelText(say.new.password));
    expect((name() as HTMLInputElement).value).toBe('mary');
  });
});

describe('roles', () => {
  const role = (of: keyof typeof words.roles) => screen.findByRole('checkbox', { name: new RegExp(`^${words.roles[of]}`) });

  it('are changed only after it was said what is gained and lost', async () => {
    const { bodies } = openAccounts('/accounts?account=id-ada');
    await userEvent.click(await role('librarian'));
    await userEvent.click(await role('auditor'));
    await press(say.one.saveRoles);
    const asking = within(await dialog(say.changeRoles.title, 'alertdialog'));
    expect(asking.getByText(say.changeRoles.gains('Librarian'))).toBeTruthy();
    expect(asking.getByText(say.changeRoles.loses('Auditor'))).toBeTruthy();
    expect(bodies).toEqual([]);
    await userEvent.click(asking.getByRole('button', { name: say.changeRoles.confirm }));
    expect(await screen.findByText(say.one.saved)).toBeTruthy();
    expect(bodies).toEqual([{ roles: ['clinician', 'librarian'] }]);
  });

  it('of one’s own warn before the right to come back is given away, and the server has the last word', async () => {
    openAccounts('/accounts?account=id-root', {
      replies: { 'PATCH /v1/accounts/id-root': () => refusal(409, 'last_admin', 'this is the last account that may manage accounts') },
    });
    await userEvent.click(await role('admin'));
    await press(say.one.saveRoles);
    const asking = within(await dialog(say.changeRoles.title, 'alertdialog'));
    expect(asking.getByText(say.self.roles)).toBeTruthy();
    expect(asking.getByText(say.lastAdmin)).toBeTruthy();
    await userEvent.click(asking.getByRole('button', { name: say.changeRoles.confirm }));
    expect(await asking.findByText('This is the last account that may manage accounts.')).toBeTruthy();
    // What was chosen is still there.
    await userEvent.click(asking.getByRole('button', { name: say.cancel }));
    expect(((await role('admin')) as HTMLInputElement).checked).toBe(false);
  });

  it('of another administrator are changed without such a warning', async () => {
    openAccounts('/accounts?account=id-ada', { accounts: [account('ada', { roles: ['admin'] }), root] });
    await userEvent.click(await role('admin'));
    await press(say.one.saveRoles);
    await dialog(say.changeRoles.title, 'alertdialog');
    expect(screen.queryByText(say.self.roles)).toBeNull();
    expect(screen.queryByText(say.lastAdmin)).toBeNull();
  });
});

describe('keeping somebody out', () => {
  it('says what ends, and is not sent twice', async () => {
    let go: (reply: Response) => void = () => undefined;
    const bodies: unknown[] = [];
    openAccounts('/accounts?account=id-ada', {
      replies: {
        'PATCH /v1/accounts/id-ada': (body) => {
          bodies.push(body);
          return new Promise<Response>((done) => (go = done));
        },
      },
    });
    await press(say.one.disable);
    const asking = within(await dialog(say.disabling.title, 'alertdialog'));
    expect(asking.getByText(say.disabling.text('Ada Lovelace'))).toBeTruthy();
    await userEvent.click(asking.getByRole('button', { name: say.disabling.confirm }));
    await userEvent.click(await asking.findByRole('button', { name: say.disabling.working }));
    go(json({ ...ada, disabled: true }));
    expect(await screen.findByText(say.one.disabledNote)).toBeTruthy();
    expect(bodies).toEqual([{ disabled: true }]);
  });

  it('warns whoever would lock themselves out', async () => {
    openAccounts('/accounts?account=id-root');
    await press(say.one.disable);
    const asking = within(await dialog(say.disabling.title, 'alertdialog'));
    expect(asking.getByText(say.self.disable)).toBeTruthy();
    expect(asking.getByText(say.lastAdmin)).toBeTruthy();
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
  });

  it('that is one’s own account ends the session here, too', async () => {
    const { server } = openAccounts('/accounts?account=id-root', { accounts: [root, account('other', { roles: ['admin'] })] });
    await press(say.one.disable);
    const asking = within(await dialog(say.disabling.title, 'alertdialog'));
    expect(asking.queryByText(say.lastAdmin)).toBeNull();
    server.session = { ...nobody };
    await userEvent.click(asking.getByRole('button', { name: say.disabling.confirm }));
    expect(await screen.findByRole('textbox', { name: words.name })).toBeTruthy();
  });

  it('is undone', async () => {
    const { bodies } = openAccounts('/accounts?account=id-ward');
    await press(say.one.enable);
    await userEvent.click(within(await dialog(say.enabling.title, 'alertdialog')).getByRole('button', { name: say.enabling.confirm }));
    expect(await screen.findByRole('button', { name: say.one.disable })).toBeTruthy();
    expect(bodies).toEqual([{ disabled: false }]);
  });

  it('by a lock is lifted', async () => {
    const { bodies } = openAccounts('/accounts?account=id-eve');
    await press(say.one.unlock);
    expect(await screen.findByText(say.one.unlocked)).toBeTruthy();
    expect(bodies).toEqual([{ unlock: true }]);
    expect(document.activeElement?.textContent).toBe(say.one.access);
  });
});

it('a new password is set, and nothing but its field has it', async () => {
  const { bodies, services } = openAccounts('/accounts?account=id-ada');
  await press(say.one.password);
  const field = within(await dialog(say.setPassword.title)).getByLabelText(say.setPassword.password);
  await user().type(field, 'correct horse');
  await press(say.setPassword.confirm);
  expect(await screen.findByText(say.setPassword.done)).toBeTruthy();
  expect(bodies).toEqual([{ password: 'correct horse' }]);
  const kept = services.queries.getMutationCache().getAll().map(({ state }) => JSON.stringify(state));
  expect(kept.join()).not.toContain('correct horse');
});

describe('what a checker finds', () => {
  const barriers = async (place: Element) => (await axe.run(place)).violations.map(({ id }) => id);

  it('is nothing in the list', async () => {
    const { container } = openAccounts();
    await screen.findByRole('table', { name: say.table });
    expect(await barriers(container)).toEqual([]);
  });

  it('is nothing in an account with keys', async () => {
    const { container } = openAccounts('/accounts?account=id-eve', { keys: [key] });
    await screen.findByRole('table', { name: say.keys.table });
    expect(await barriers(container)).toEqual([]);
  });

  it('is nothing in its dialogs', async () => {
    openAccounts();
    await press(say.add);
    expect(await barriers(await dialog(say.new.title))).toEqual([]);
  });

  it('an address of nobody is told', async () => {
    openAccounts('/accounts?account=gone');
    expect(await screen.findByText(say.one.unknown)).toBeTruthy();
  });
});
