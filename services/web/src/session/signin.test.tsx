// Signing in: right, wrong, locked out, on the keyboard alone, and where one arrives.
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ask, shell } from '../strings';
import { session as words } from '../strings/session';
import { openPages } from '../testing/pages';
import { anonymous, fakeServer, nobody, PASSWORD, refusal } from '../testing/session';

const nameField = () => screen.findByRole('textbox', { name: words.name });
const passwordField = () => screen.getByLabelText<HTMLInputElement>(words.password);
const question = () => screen.findByRole('textbox', { name: ask.field });

async function signIn(password: string, name = 'ada') {
  const user = userEvent.setup();
  await user.clear(await nameField());
  await user.type(await nameField(), name);
  await user.type(passwordField(), `${password}{Enter}`);
  return user;
}

beforeEach(() => {
  sessionStorage.clear();
  vi.spyOn(globalThis, 'scrollTo').mockImplementation(() => undefined);
});

describe('signing in', () => {
  it('stands in the place of every page, asks for nothing else, and leaves the address', async () => {
    const server = fakeServer(nobody);
    const { pages } = openPages('/about?x=1');
    expect(screen.queryByRole('heading', { name: words.title })).toBeNull();
    await screen.findByRole('heading', { name: words.title });
    expect(new Set(server.asked)).toEqual(new Set(['GET /v1/session']));
    expect(screen.queryByRole('button', { name: shell.newQuestion })).toBeNull();
    expect(document.title).toBe(shell.pageTitle(words.title));
    await signIn(PASSWORD);
    await waitFor(() => expect(screen.queryByRole('heading', { name: words.title })).toBeNull());
    expect(pages.state.location.pathname).toBe('/about');
    expect(document.activeElement).toBe(screen.getByRole('main'));
    expect(screen.getByRole('button', { name: words.account.of('ada') })).toBeTruthy();
  });

  it('says at the field what is missing or wrong, and takes the wrong password out of it', async () => {
    const server = fakeServer(nobody);
    openPages('/');
    const user = userEvent.setup();
    await nameField();
    await user.click(screen.getByRole('button', { name: words.submit }));
    expect(screen.getAllByRole('alert').map((one) => one.textContent)).toEqual([words.errors.name, words.errors.password]);
    expect(document.activeElement).toBe(await nameField());
    expect(server.asked).not.toContain('POST /v1/session');

    await signIn('wrong');
    await waitFor(() => expect(screen.getByRole('alert').textContent).toBe(words.errors.wrong));
    expect(document.activeElement).toBe(passwordField());
    expect(passwordField().value).toBe('');
    expect(passwordField().getAttribute('aria-invalid')).toBe('true');
    expect(document.querySelector(`#${CSS.escape(passwordField().getAttribute('aria-describedby') ?? '')}`)?.textContent).toBe(
      words.errors.wrong,
    );
    await signIn(PASSWORD);
    expect(await question()).toBeTruthy();
  });

  it('says for how long it is locked, and what else hinders it', async () => {
    const server = fakeServer(nobody, {
      'POST /v1/session': () => refusal(429, 'locked', 'too many attempts; wait 2 minutes', { 'retry-after': '120' }),
    });
    openPages('/');
    await signIn('wrong');
    const alert = await screen.findByText(words.lockedTitle);
    expect(alert.closest('[role=alert]')?.textContent).toContain('Too many attempts; wait 2 minutes.');
    expect(screen.getByText(words.againIn(120)).closest('[aria-hidden=true]')).toBeTruthy();
    expect(passwordField().value).toBe('');
    server.replies['POST /v1/session'] = () => refusal(503, 'audit_unavailable', 'the record cannot be written');
    await signIn(PASSWORD);
    expect(await screen.findByText(words.failed)).toBeTruthy();
    expect(screen.getByText('The record cannot be written.')).toBeTruthy();
  });

  it('keeps no password: neither with the call nor with what was read', async () => {
    fakeServer(nobody);
    const { services } = openPages('/');
    await signIn(PASSWORD);
    await question();
    const read = services.queries.getQueryCache().getAll().map((one) => one.state);
    const sent = services.queries.getMutationCache().getAll().map((one) => one.state);
    expect(JSON.stringify([read, sent])).not.toContain(PASSWORD);
  });

  it('is done with the keyboard, in order, and can show the password', async () => {
    fakeServer({ ...nobody, sign_in: { password: true, provider: 'Hospital ID' } });
    openPages('/c/c-1?doc=d');
    const user = userEvent.setup();
    await waitFor(async () => expect(document.activeElement).toBe(await nameField()));
    expect((await nameField()).getAttribute('autocomplete')).toBe('username');
    expect(passwordField().autocomplete).toBe('current-password');
    await user.tab();
    expect(document.activeElement).toBe(passwordField());
    expect(passwordField().type).toBe('password');
    await user.tab();
    await user.keyboard(' ');
    expect(passwordField().type).toBe('text');
    expect(document.activeElement).toBe(screen.getByRole('button', { name: words.hidePassword(words.password) }));
    await user.tab();
    expect(document.activeElement).toBe(screen.getByRole('button', { name: words.submit }));
    await user.tab();
    const link = screen.getByRole('link', { name: words.provider('Hospital ID') });
    expect(document.activeElement).toBe(link);
    expect(link.getAttribute('href')).toBe(`/v1/session/provider?to=${encodeURIComponent('/c/c-1?doc=d')}`);
  });

  it('has no barriers that a checker finds', async () => {
    fakeServer({ ...nobody, is_demo: true, sign_in: { password: true, provider: 'Hospital ID' } });
    const { container } = openPages('/');
    await nameField();
    await userEvent.click(screen.getByRole('button', { name: words.submit }));
    const { violations } = await axe.run(container);
    expect(violations.map(({ id }) => id)).toEqual([]);
  });
});

describe('the address of signing in', () => {
  it.each([
    ['/sign-in?to=%2Fabout', '/about'],
    ['/sign-in?to=%2F%2Fevil.example', '/'],
    ['/sign-in?to=https%3A%2F%2Fevil.example', '/'],
    ['/sign-in', '/'],
  ])('%s leads on to %s', async (address, path) => {
    fakeServer(nobody);
    const { pages } = openPages(address);
    await signIn(PASSWORD);
    await waitFor(() => expect(pages.state.location.pathname).toBe(path));
    expect(pages.state.location.href).toBe(path);
  });

  it('is a link for whoever need not sign in, and keeps what they wrote', async () => {
    const server = fakeServer(anonymous);
    const { pages } = openPages('/');
    const user = userEvent.setup();
    await user.type(await question(), 'half a ques');
    await user.click(screen.getByRole('link', { name: words.title }));
    await signIn(PASSWORD);
    await waitFor(() => expect(pages.state.location.pathname).toBe('/'));
    expect(((await question()) as HTMLTextAreaElement).value).toBe('half a ques');
    expect(server.asked.filter((one) => one === 'GET /v1/conversations').length).toBeGreaterThan(1);
  });

  it('says so where nobody has to or can', async () => {
    fakeServer(null);
    openPages('/sign-in');
    expect(await screen.findByText(words.none)).toBeTruthy();
    vi.restoreAllMocks();
    fakeServer({ ...nobody, sign_in: { password: false, provider: null } });
    openPages('/');
    expect(await screen.findByText(words.noWay)).toBeTruthy();
  });
});
