// A proposal on its way through two pairs of hands, as each role sees it, against a server in memory.
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { act } from '../../strings/act';
import { changes } from '../../strings/changes';
import { openPages } from '../../testing/pages';
import { fakeServer, json, PASSWORD, refusal, type Replies, signedIn } from '../../testing/session';
import { HASH, lin, pat, proposalOf } from '../sample';
import type { Proposal, Signature } from '../types';

const say = changes.proposal;
const PATH = '/v1/library/proposals/p-1';

const librarian = signedIn('lin', { roles: ['librarian'] });
const publisher = signedIn('pat', { roles: ['publisher'], account: { id: 'id-pat', name: 'pat', full_name: 'Pat Publisher' } });
const both = signedIn('lin', { roles: ['librarian', 'publisher'] });

const signed = (meaning: Signature['meaning'], change: Partial<Signature> = {}): Signature => ({
  meaning,
  by: pat,
  full_name: 'Pat Publisher',
  at: '2026-11-28T09:30:15Z',
  record_hash: HASH,
  seal: '5ea1'.padEnd(64, '0'),
  is_good: true,
  ...change,
});

let proposal: Proposal = proposalOf();
let sent: { path: string; body: unknown }[] = [];

/** Signs or refuses as the server does. */
const signing = (next: Partial<Proposal>) => (body: unknown) => {
  const { record_hash, password } = body as { record_hash: string; password: string };
  sent.push({ path: 'sign', body });
  if (password !== PASSWORD) return refusal(401, 'wrong_credentials', 'the password is wrong');
  if (record_hash !== proposal.record_hash) return refusal(409, 'record_changed', 'it has changed');
  proposal = { ...proposal, ...next };
  return json(proposal);
};

function open(session = librarian, more: Replies = {}) {
  fakeServer(session, { [`GET ${PATH}`]: () => json(proposal), ...more });
  return openPages('/library/changes/p-1');
}

const steps = async () => within(await screen.findByRole('list', { name: say.steps.title })).getAllByRole('listitem');
const press = async (name: string) => userEvent.click(await screen.findByRole('button', { name }));

beforeEach(() => {
  [proposal, sent] = [proposalOf(), []];
  sessionStorage.clear();
  vi.spyOn(globalThis, 'scrollTo').mockImplementation(() => undefined);
});

describe('a librarian', () => {
  it('who proposed it signs the review with the password, and sees what is next and who may do it', async () => {
    proposal = proposalOf({ may: ['review', 'withdraw'] });
    const { container } = open(librarian, {
      [`POST ${PATH}/review`]: signing({ state: 'reviewed', may: ['withdraw'], signatures: [signed('review', { by: lin, full_name: 'Lin Librarian' })] }),
    });
    const before = await steps();
    expect(before.map((one) => one.getAttribute('aria-current'))).toEqual([null, 'step', null, null]);
    expect(before[1]?.textContent).toContain(say.steps.who.review);
    expect(screen.queryByRole('button', { name: say.acts.approve })).toBeNull();

    await press(say.acts.review);
    const dialog = screen.getByRole('dialog', { name: say.sign.titles.review });
    expect(within(dialog).getByText(say.signatures.meanings.review)).toBeTruthy();
    expect(within(dialog).getByText(HASH)).toBeTruthy();
    expect(within(dialog).getByText(say.sign.as('lin'))).toBeTruthy();
    await userEvent.click(within(dialog).getByRole('button', { name: say.sign.act }));
    expect(within(dialog).getByText(act.noPassword)).toBeTruthy();
    expect(sent).toEqual([]);
    const field = within(dialog).getByLabelText<HTMLInputElement>(act.password);
    await userEvent.type(field, 'wrong{Enter}');
    expect(await within(dialog).findByText(act.wrongPassword)).toBeTruthy();
    expect(field.value).toBe('');
    await userEvent.type(field, PASSWORD);
    await userEvent.click(within(dialog).getByRole('button', { name: say.sign.act }));
    expect(await screen.findByText(say.sign.done.review)).toBeTruthy();
    expect(sent.at(-1)?.body).toEqual({ record_hash: HASH, password: PASSWORD });
    expect(document.activeElement).toBe(screen.getByRole('heading', { name: say.steps.title }));
    const after = await steps();
    expect(after.map((one) => one.getAttribute('aria-current'))).toEqual([null, null, 'step', null]);
    expect(after[1]?.textContent).toContain('Lin Librarian');
    expect(after[1]?.textContent).toContain('28 Nov 2026, 09:30 UTC');
    expect(after[2]?.textContent).toContain(say.steps.who.approve);
    const { violations } = await axe.run(container);
    expect(violations.map(({ id }) => id)).toEqual([]);
  });

  it('is told that open findings come first', async () => {
    proposal = proposalOf({ may: ['review'] });
    open(librarian, { [`POST ${PATH}/review`]: () => refusal(409, 'findings_open', '2 findings are open') });
    await press(say.acts.review);
    await userEvent.type(screen.getByLabelText(act.password), PASSWORD);
    await press(say.sign.act);
    expect(await screen.findByText(say.help['findings_open'] ?? '')).toBeTruthy();
    expect(screen.getByRole('link', { name: changes.staged.toQueue })).toBeTruthy();
  });

  it('withdraws with a reason', async () => {
    proposal = proposalOf({ may: ['withdraw'] });
    open(librarian, {
      [`POST ${PATH}/withdrawal`]: (body) => {
        const { reason } = body as { reason: string };
        proposal = proposalOf({ state: 'withdrawn', closed: { at: '2026-11-28T11:00:00Z', by: lin, reason } });
        return json(proposal);
      },
    });
    await press(say.acts.withdraw);
    await press(say.withdraw.act);
    expect(screen.getByText(say.withdraw.missing)).toBeTruthy();
    await userEvent.type(screen.getByRole('textbox'), 'Too early');
    await userEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name: say.withdraw.act }));
    expect(await screen.findByText(say.ended.withdrawn)).toBeTruthy();
    expect(screen.getByText('Too early')).toBeTruthy();
    expect((await steps()).map((one) => one.textContent?.includes(say.steps.never))).toEqual([false, true, true, true]);
    expect(screen.queryByRole('heading', { name: say.acts.title })).toBeNull();
  });
});

describe('a publisher who proposed it', () => {
  it('is told that another one has to approve, and may not', async () => {
    proposal = proposalOf({ state: 'reviewed', may: ['withdraw'], signatures: [signed('review', { by: lin })] });
    open(both);
    expect(await screen.findByText(say.own.publish)).toBeTruthy();
    expect(screen.queryByRole('button', { name: say.acts.approve })).toBeNull();
    expect(screen.queryByRole('button', { name: say.acts.execute })).toBeNull();
  });

  it('is told why, where the server says so', async () => {
    proposal = proposalOf({ state: 'reviewed', may: ['approve'] });
    open(both, { [`POST ${PATH}/approval`]: () => refusal(403, 'same_person', 'you proposed it') });
    await press(say.acts.approve);
    await userEvent.type(screen.getByLabelText(act.password), PASSWORD);
    await press(say.sign.act);
    expect(await screen.findByText(say.help['same_person'] ?? '')).toBeTruthy();
    expect(screen.getByText('You proposed it.')).toBeTruthy();
  });
});

describe('a publisher', () => {
  it('approves and then publishes, and the snapshot is named', async () => {
    proposal = proposalOf({ state: 'reviewed', may: ['approve', 'reject'], signatures: [signed('review', { by: lin })] });
    open(publisher, {
      [`POST ${PATH}/approval`]: (body) =>
        signing({ state: 'approved', may: ['execute', 'reject'], signatures: [...proposal.signatures, signed('approve')] })(body),
      [`POST ${PATH}/execution`]: (body) => {
        sent.push({ path: 'execution', body });
        const closed = { at: '2026-11-28T12:00:00Z', by: pat, reason: '' };
        proposal = { ...proposal, state: 'executed', may: [], snapshot: 7, closed };
        return json(proposal);
      },
    });
    await press(say.acts.approve);
    expect(within(screen.getByRole('dialog')).getByText(say.sign.as('Pat Publisher'))).toBeTruthy();
    await userEvent.type(screen.getByLabelText(act.password), PASSWORD);
    await press(say.sign.act);
    expect(await screen.findByText(say.sign.done.approve)).toBeTruthy();
    await press(say.acts.execute);
    const dialog = screen.getByRole('alertdialog', { name: say.execute.title.publish });
    expect(within(dialog).getByText(say.execute.publish(1, 7))).toBeTruthy();
    await userEvent.dblClick(within(dialog).getByRole('button', { name: say.execute.act.publish }));
    expect(await screen.findByText(say.execute.done.publish)).toBeTruthy();
    expect(sent.filter(({ path }) => path === 'execution')).toEqual([{ path: 'execution', body: null }]);
    expect((await steps())[3]?.textContent).toContain(say.steps.snapshot(7));
    expect(screen.getByRole('link', { name: say.steps.toSnapshots }).getAttribute('href')).toBe('/library/snapshots');
  });

  it('who signed the review is told that another one has to approve', async () => {
    proposal = proposalOf({ state: 'reviewed', may: ['reject'], signatures: [signed('review')] });
    open(publisher);
    expect(await screen.findByText(say.reviewed)).toBeTruthy();
    expect(screen.queryByText(say.own.publish)).toBeNull();
    expect(screen.queryByRole('button', { name: say.acts.approve })).toBeNull();
  });

  it('is told no figures of what is restored: there are none before it is done', async () => {
    const restored = { kind: 'restore', document: 'd1', version: 2, published: 0, staged: 0, coming: 0, changes: [] } as const;
    proposal = proposalOf({ ...restored, changes: [], may: ['review'] });
    open(publisher);
    await press(say.acts.review);
    expect(within(screen.getByRole('dialog')).getByText(say.kind.restore)).toBeTruthy();
    expect(screen.queryByText(/0 passages/)).toBeNull();
  });

  it('without a password of their own may leave it empty, and is told for how long that holds', async () => {
    proposal = proposalOf({ state: 'reviewed', may: ['approve'] });
    open({ ...publisher, sign_in: { password: true, provider: 'Hospital login' } }, {
      [`POST ${PATH}/approval`]: (body) => {
        sent.push({ path: 'sign', body });
        return refusal(401, 'sign_in_again', 'sign in again');
      },
    });
    await press(say.acts.approve);
    expect(screen.getByText(say.sign.provider('Hospital login'))).toBeTruthy();
    await press(say.sign.act);
    expect(await screen.findByText(say.help['sign_in_again'] ?? '')).toBeTruthy();
    expect(sent).toEqual([{ path: 'sign', body: { record_hash: HASH, password: '' } }]);
  });
});

describe('what must not be overlooked', () => {
  it('is that something else is staged by now', async () => {
    proposal = proposalOf({ state: 'approved', is_changed: true, may: ['reject'] });
    open(publisher);
    expect((await screen.findByRole('alert')).textContent).toContain(say.changedTitle);
    expect(screen.queryByRole('button', { name: say.acts.execute })).toBeNull();
    expect((await steps()).some((one) => one.getAttribute('aria-current') === 'step')).toBe(false);
  });

  it('is a seal that does not hold, or a signature of something else', async () => {
    const others = 'b'.repeat(64);
    proposal = proposalOf({
      state: 'approved',
      signatures: [signed('review', { is_good: false }), signed('approve', { record_hash: others })],
    });
    open(publisher);
    expect((await screen.findByRole('alert')).textContent).toContain(say.signatures.badTitle);
    expect(screen.getByText(say.signatures.bad)).toBeTruthy();
    expect(screen.getByText(say.signatures.good)).toBeTruthy();
    expect(screen.getAllByText(say.signatures.other)).toHaveLength(1);
    expect(screen.getAllByText('28 Nov 2026, 09:30:15 UTC')).toHaveLength(2);
  });
});

it('an auditor reads all of it, and does nothing', async () => {
  proposal = proposalOf({ state: 'reviewed', signatures: [signed('review')] });
  const { container } = open(signedIn('ada', { roles: ['auditor'] }));
  expect(await screen.findByText(say.notYours)).toBeTruthy();
  expect(screen.getAllByText(HASH)).toHaveLength(2);
  await waitFor(() => expect(document.title).toContain(changes.proposals.name(proposal)));
  const { violations } = await axe.run(container);
  expect(violations.map(({ id }) => id)).toEqual([]);
});
