// Being signed in: a session that ends, signing out, another password, and roles.
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ask, conversation, problem, shell } from '../strings';
import { session as words } from '../strings/session';
import { openPages } from '../testing/pages';
import { anonymous, fakeServer, nobody, PASSWORD, refusal, signedIn } from '../testing/session';

const question = () => screen.findByRole<HTMLTextAreaElement>('textbox', { name: ask.field });
const ended = () => refusal(401, 'sign_in_needed', 'sign in');

async function signIn(name: string) {
  const user = userEvent.setup();
  await user.type(await screen.findByRole('textbox', { name: words.name }), name);
  await user.type(screen.getByLabelText(words.password), `${PASSWORD}{Enter}`);
}

async function choose(action: string, name = 'ada') {
  const user = userEvent.setup();
  await user.click(await screen.findByRole('button', { name: words.account.of(name) }));
  await user.click(within(screen.getByRole('dialog', { name: words.account.label })).getByRole('button', { name: action }));
  return user;
}

beforeEach(() => {
  sessionStorage.clear();
  vi.spyOn(globalThis, 'scrollTo').mockImplementation(() => undefined);
});

describe('a session that ends', () => {
  /** Asks a question that the server takes for nobody's. */
  async function askInVain(text: string) {
    const server = fakeServer(signedIn('ada'), { 'POST /v1/conversations': ended });
    const opened = openPages('/');
    await userEvent.type(await question(), text);
    server.session = nobody;
    await userEvent.keyboard('{Enter}');
    await screen.findByText(words.endedTitle);
    return { server, ...opened };
  }

  it('says so, and gives the question back after signing in', async () => {
    await askInVain('is it kept?');
    expect(screen.getByText(words.endedTitle).closest('[role=alert]')).toBeTruthy();
    expect(screen.queryByText('is it kept?')).toBeNull();
    await signIn('ada');
    expect((await question()).value).toBe('is it kept?');
    expect(screen.queryByText(words.endedTitle)).toBeNull();
  });

  it('gives it back also after a way that led off the page, and not to another', async () => {
    const { server } = await askInVain('is it kept?');
    server.session = signedIn('ada');
    openPages('/');
    expect((await question()).value).toBe('is it kept?');
    await askInVain('and this?');
    await signIn('ben');
    expect((await question()).value).toBe('');
    expect(sessionStorage).toHaveLength(0);
  });

  it('that has not ended after all leaves the question where it was asked', async () => {
    fakeServer(signedIn('ada'), { 'POST /v1/conversations': ended });
    openPages('/');
    await userEvent.type(await question(), 'is it kept?{Enter}');
    expect(await screen.findByRole('button', { name: conversation.again })).toBeTruthy();
    expect(screen.getByRole('heading', { name: 'is it kept?', level: 2 })).toBeTruthy();
    expect(screen.queryByText(words.endedTitle)).toBeNull();
  });

  it('is noticed by any call', async () => {
    fakeServer(signedIn('ada'), { 'GET /v1/about': ended });
    const { services } = openPages('/');
    await userEvent.type(await question(), 'half a ques');
    const server = fakeServer(nobody, { 'GET /v1/about': ended });
    await userEvent.click(screen.getByRole('link', { name: shell.about }));
    await screen.findByText(words.endedTitle);
    expect(server.asked).toContain('GET /v1/session');
    expect(services.drafts.of('new')).toBe('half a ques');
  });
});

describe('the account', () => {
  it('says who is signed in as what, and signs them out with all that was theirs', async () => {
    const account = { id: '7', name: 'ada', full_name: 'Ada Osler' };
    fakeServer(signedIn('ada', { account, roles: ['clinician', 'librarian'] }));
    const { pages, services } = openPages('/about');
    await screen.findByRole('button', { name: words.account.of('Ada Osler') });
    services.drafts.write('new', 'half a ques');
    await userEvent.click(screen.getByRole('button', { name: words.account.of('Ada Osler') }));
    const panel = screen.getByRole('dialog', { name: words.account.label });
    expect(within(panel).getByText('Clinician, Librarian')).toBeTruthy();
    expect(within(panel).getByText(words.account.name('ada'))).toBeTruthy();
    await userEvent.click(within(panel).getByRole('button', { name: words.account.signOut }));
    await screen.findByRole('heading', { name: words.title });
    expect(screen.queryByText(words.endedTitle)).toBeNull();
    expect(pages.state.location.pathname).toBe('/');
    await signIn('ada');
    expect((await question()).value).toBe('');
  });

  it('says so when signing out did not work', async () => {
    const server = fakeServer(signedIn('ada'), { 'DELETE /v1/session': () => refusal(503, 'audit_unavailable', 'no record') });
    openPages('/');
    const user = await choose(words.account.signOut);
    const dialog = await screen.findByRole('alertdialog', { name: words.account.notOut });
    expect(within(dialog).getByText('No record.')).toBeTruthy();
    delete server.replies['DELETE /v1/session'];
    await user.click(within(dialog).getByRole('button', { name: words.account.again }));
    expect(await screen.findByRole('heading', { name: words.title })).toBeTruthy();
    expect(screen.queryByRole('alertdialog')).toBeNull();
  });

  it('gets another password, and is told which of the two is wrong', async () => {
    fakeServer(signedIn('ada'));
    openPages('/');
    const user = await choose(words.account.change);
    const dialog = await screen.findByRole('dialog', { name: words.change.title });
    const current = within(dialog).getByLabelText<HTMLInputElement>(words.change.current);
    const wanted = within(dialog).getByLabelText<HTMLInputElement>(words.change.new);
    expect([current.autocomplete, wanted.autocomplete]).toEqual(['current-password', 'new-password']);
    await waitFor(() => expect(document.activeElement).toBe(current));
    // A browser submits with Enter, too; the test's keyboard does not know buttons outside the form.
    const save = within(dialog).getByRole('button', { name: words.change.save });
    await user.click(save);
    expect(within(dialog).getByText(words.errors.current)).toBeTruthy();
    expect(within(dialog).getByText(words.errors.new)).toBeTruthy();
    await user.type(wanted, 'short');
    await user.type(current, 'wrong');
    await user.click(save);
    expect(await within(dialog).findByText(words.errors.notCurrent)).toBeTruthy();
    expect(document.activeElement).toBe(current);
    expect([current.value, wanted.value]).toEqual(['', 'short']);
    await user.type(current, PASSWORD);
    await user.click(save);
    expect((await within(dialog).findByText('At least 12 characters are needed.')).getAttribute('role')).toBe('alert');
    expect(document.activeElement).toBe(wanted);
    await user.type(wanted, 'a much longer one');
    await user.click(save);
    const done = await within(dialog).findByText(words.change.done);
    expect(document.activeElement?.contains(done)).toBe(true);
  });

  it('that is a key has neither a password nor a way out', async () => {
    fakeServer(signedIn('ada', { how: 'key', roles: ['service'] }));
    openPages('/');
    expect(await question()).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: words.account.of('ada') }));
    expect(screen.getByText(words.account.how.key)).toBeTruthy();
    expect(screen.queryByRole('button', { name: words.account.signOut })).toBeNull();
  });
});

describe('roles', () => {
  it('who need not sign in asks', async () => {
    fakeServer(anonymous);
    openPages('/');
    expect(await question()).toBeTruthy();
    expect(screen.getByRole('link', { name: words.title }).getAttribute('href')).toBe('/sign-in?to=%2F');
  });

  it('an auditor reads, and does not ask', async () => {
    const server = fakeServer(signedIn('ada', { roles: ['auditor'] }));
    openPages('/');
    expect(await screen.findByText(words.notAsking.reads('Auditor'))).toBeTruthy();
    expect(screen.queryByRole('textbox')).toBeNull();
    for (const name of [shell.newQuestion, shell.hideHistory, ...ask.examples]) {
      expect(screen.queryByRole('button', { name })).toBeNull();
    }
    expect(server.asked).not.toContain('GET /v1/conversations');
    expect(screen.getByRole('link', { name: shell.about })).toBeTruthy();
  });

  it('what a role does not include is said as such', async () => {
    const server = fakeServer(signedIn('ada'), {
      'GET /v1/about': () => refusal(403, 'not_allowed', 'this needs the role auditor'),
    });
    openPages('/about');
    expect(await screen.findByText(problem.notAllowed)).toBeTruthy();
    expect(screen.getByText('This needs the role auditor.')).toBeTruthy();
    expect(screen.getByText(problem.notAllowedHelp)).toBeTruthy();
    // Once more: roles may have changed.
    await waitFor(() => expect(server.asked.filter((one) => one === 'GET /v1/session')).toHaveLength(2));
  });
});
