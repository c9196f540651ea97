// A proposal that changes a policy: told field by field, signed and carried out, with nothing said of snapshots or passages.
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { act } from '../../strings/act';
import { changes } from '../../strings/changes';
import { policies } from '../../strings/policies';
import { openPages } from '../../testing/pages';
import { fakeServer, json, PASSWORD, type Replies, signedIn } from '../../testing/session';
import { HASH, lin, policyOf, proposalOf } from '../sample';
import type { Proposal, Snapshots, Staged } from '../types';

const say = changes.proposal;
const PATH = '/v1/library/proposals/p-1';
const HOSTILE = '<img src=x> library';

const librarian = signedIn('lin', { roles: ['librarian'] });
const publisher = signedIn('pat', { roles: ['publisher'] });

const policyProposal = (change: Partial<Proposal> = {}): Proposal =>
  proposalOf({
    kind: 'policy',
    corpus: 'starter',
    policy: { from: policyOf({ rights: { display: false } }), to: policyOf({ title: HOSTILE }) },
    ...{ published: 0, staged: 0, documents: 0, coming: 0, leaving: 0, changes: [] },
    ...change,
  });
const ofNew = (change: Partial<Proposal> = {}) => policyProposal({ policy: { from: null, to: policyOf({ title: 'Ward 7' }) }, ...change });

let proposal = policyProposal();

const open = (session = librarian, more: Replies = {}) => {
  fakeServer(session, { [`GET ${PATH}`]: () => json(proposal), ...more });
  return openPages('/library/changes/p-1');
};
const press = async (name: string) => userEvent.click(await screen.findByRole('button', { name }));
const told = (place: HTMLElement) => within(place).getAllByRole('term').map((term) => term.textContent);

beforeEach(() => {
  proposal = policyProposal();
  sessionStorage.clear();
  vi.spyOn(globalThis, 'scrollTo').mockImplementation(() => undefined);
});

describe('a proposal of a policy', () => {
  it('says what changes, from what to what, and leads to the corpus', async () => {
    const { container } = open();
    expect(await screen.findByRole('heading', { level: 1, name: `Proposal 4: policy of ${HOSTILE}` })).toBeTruthy();
    const section = screen.getByRole('region', { name: say.policy.title });
    expect(told(section)).toEqual([policies.differences.fields.title, policies.differences.fields.display]);
    expect(section.textContent).toContain(`from: not allowed → to: allowed ${policies.differences.allows.more}`);
    expect(screen.getByRole('link', { name: say.policy.toCorpus }).getAttribute('href')).toBe('/library/corpora/starter');
    expect(screen.getByText(say.lead.policy)).toBeTruthy();
    const text = container.querySelector('main')?.textContent ?? '';
    for (const words of [/\d+ passages?/, /snapshot \d/i, /\d+ documents?/, /golden/i, /taken in/i, /finding/]) {
      expect(text).not.toMatch(words);
    }
    expect(container.querySelector('main img')).toBeNull();
    const { violations } = await axe.run(container);
    expect(violations.map(({ id }) => id)).toEqual([]);
  });

  it('of a new corpus says everything of it, and leads to it once it is there', async () => {
    proposal = ofNew();
    open();
    const section = await screen.findByRole('region', { name: say.policy.newTitle });
    expect(screen.getByRole('heading', { level: 1, name: 'Proposal 4: new corpus Ward 7' })).toBeTruthy();
    expect(told(section)).toHaveLength(9);
    expect(screen.queryByRole('link', { name: say.policy.toCorpus })).toBeNull();
    proposal = ofNew({ state: 'executed' });
    open();
    expect(await screen.findByRole('link', { name: say.policy.toCorpus })).toBeTruthy();
    expect(screen.getByText(changes.proposals.executed.policy)).toBeTruthy();
  });

  it('is signed with what changes in sight', async () => {
    proposal = policyProposal({ may: ['review'] });
    const sent: unknown[] = [];
    open(publisher, {
      [`POST ${PATH}/review`]: (body) => {
        sent.push(body);
        return json(policyProposal({ state: 'reviewed' }));
      },
    });
    await press(say.acts.review);
    const dialog = screen.getByRole('dialog', { name: say.sign.titles.review });
    expect(told(dialog)).toEqual([policies.differences.fields.title, policies.differences.fields.display]);
    expect(dialog.textContent).not.toContain('0 passages');
    await userEvent.type(within(dialog).getByLabelText(act.password), PASSWORD);
    await userEvent.click(within(dialog).getByRole('button', { name: say.sign.act }));
    expect(await screen.findByText(say.sign.done.review)).toBeTruthy();
    expect(sent).toEqual([{ record_hash: HASH, password: PASSWORD }]);
  });

  it.each([
    ['a change', policyProposal, say.execute.policy(false)],
    ['a new corpus', ofNew, say.execute.policy(true)],
  ])('is put in force, and it is said what that does: %s', async (_, made, effect) => {
    proposal = made({ state: 'approved', may: ['execute', 'reject'] });
    open(publisher, {
      [`POST ${PATH}/execution`]: () => {
        proposal = made({ state: 'executed', closed: { at: '2026-11-28T12:00:00Z', by: lin, reason: '' } });
        return json(proposal);
      },
    });
    await press(say.acts.policy);
    const dialog = screen.getByRole('alertdialog', { name: say.execute.title.policy });
    expect(within(dialog).getByText(effect)).toBeTruthy();
    await userEvent.click(within(dialog).getByRole('button', { name: say.execute.act.policy }));
    expect(await screen.findByText(say.execute.done.policy)).toBeTruthy();
    expect(await screen.findByText(changes.proposals.executed.policy)).toBeTruthy();
  });

  it('whose policy has changed meanwhile cannot go on, which is said loudly', async () => {
    proposal = policyProposal({ is_changed: true, may: ['reject'] });
    open(publisher);
    expect((await screen.findByRole('alert')).textContent).toBe(say.policy.changedTitle + say.policy.changedDetail);
    await press(say.acts.reject);
    expect(screen.getByText(say.reject.detail.policy)).toBeTruthy();
  });
});

it('has its name in the list of proposals', async () => {
  const staged: Staged = { published: 1, staged: 2, changes: [], record_hash: HASH, findings: 0, proposal: null };
  fakeServer(librarian, {
    'GET /v1/library/staged': () => json(staged),
    'GET /v1/library/golden': () => json({ questions: [], changed_at: null, changed_by: null }),
    'GET /v1/library/proposals': (_, url) =>
      json({ proposals: url.searchParams.get('state') === 'open' ? [policyProposal()] : [ofNew({ id: 'p-2', n: 3, state: 'executed' })], next: null }),
  });
  openPages('/library/changes');
  expect(await screen.findByRole('link', { name: `Proposal 4: policy of ${HOSTILE}` })).toBeTruthy();
  expect(await screen.findByRole('link', { name: 'Proposal 3: new corpus Ward 7' })).toBeTruthy();
  expect(screen.getByText(changes.proposals.executed.policy)).toBeTruthy();
});

it('is among the decisions once it is in force, with the way to the corpus', async () => {
  const decision = { number: 12, at: '2026-11-28T12:00:00Z', actor: lin, action: 'policy', subject: 'starter', reason: 'A new licence' };
  const snapshots: Snapshots = { published: 0, head: 0, staged: 1, snapshots: [], decisions: [decision] };
  fakeServer(librarian, { 'GET /v1/library/snapshots': () => json(snapshots) });
  openPages('/library/snapshots');
  const link = await screen.findByRole('link', { name: 'starter' });
  expect(link.getAttribute('href')).toBe('/library/corpora/starter');
  expect(link.closest('li')?.textContent).toContain(changes.snapshots.decisions.actions['policy']);
});
