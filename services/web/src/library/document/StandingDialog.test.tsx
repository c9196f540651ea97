// Changing the standing of a version: said beforehand, done once, and told afterwards.
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { act } from '../../strings/act';
import { documentRecord } from '../../strings/documents';
import { openPages } from '../../testing/pages';
import { documentRef, documentView } from '../../testing/sample';
import { fakeServer, json, refusal, type Replies, signedIn } from '../../testing/session';
import type { LibraryDocument } from '../types';
import { recordOf, versionOf } from './sample';

const say = documentRecord.standing;
const { id } = documentRef;
const PUT = `PUT /v1/library/documents/${id}/versions/2/standing`;

const open = (more: Replies = {}, search = '?view=history') => {
  let record = recordOf();
  const server = fakeServer(signedIn('ada', { roles: ['librarian'] }), {
    [`GET /v1/library/documents/${id}`]: () => json(record),
    [`GET /v1/documents/${id}`]: () => json(documentView),
    'GET /v1/audit/recall': (_, url) =>
      json({ document: id, version: Number(url.searchParams.get('version')), answers: 12, people: 5, listed: [] }),
    ...more,
  });
  const become = (next: LibraryDocument) => {
    record = next;
  };
  return { server, become, ...openPages(`/library/documents/${id}${search}`) };
};

async function asked(): Promise<HTMLElement> {
  await userEvent.click(await screen.findByRole('button', { name: documentRecord.head.change }));
  return screen.findByRole('dialog', { name: say.title });
}
const choose = (dialog: HTMLElement, name: string) =>
  userEvent.click(within(dialog).getByRole('radio', { name: new RegExp(`^${name}`) }));
const write = (dialog: HTMLElement, reason: string) =>
  userEvent.type(within(dialog).getByRole('textbox', { name: new RegExp(`^${say.reason}`) }), reason);
const press = (dialog: HTMLElement, name: string) => userEvent.click(within(dialog).getByRole('button', { name }));
const sentTo = (server: { asked: string[] }, name: string) => server.asked.filter((one) => one === name);

beforeEach(() => {
  sessionStorage.clear();
  vi.spyOn(globalThis, 'scrollTo').mockImplementation(() => undefined);
});

describe('before it is done', () => {
  it('is said what it does and whom it concerns, and only what the server allows is offered', async () => {
    open();
    const dialog = await asked();
    expect(await within(dialog).findByText(say.cited(12, 5))).toBeTruthy();
    expect(within(dialog).getAllByRole('radio')).toHaveLength(2);
    expect(within(dialog).getByText(say.effects.retracted)).toBeTruthy();
    const { violations } = await axe.run(dialog);
    expect(violations.map(({ id: name }) => name)).toEqual([]);
  });

  it('a choice and a reason are asked for', async () => {
    const { server } = open({ [PUT]: () => json({}) });
    const dialog = await asked();
    await press(dialog, say.act);
    expect(await within(dialog).findByText(say.missing)).toBeTruthy();
    expect(within(dialog).getByText(say.noReason)).toBeTruthy();
    await choose(dialog, 'Retracted');
    expect(within(dialog).queryByText(say.missing)).toBeNull();
    await press(dialog, say.act);
    expect(sentTo(server, PUT)).toEqual([]);
  });

  it('can be left, and nothing is done', async () => {
    const { server } = open({ [PUT]: () => json({}) });
    const dialog = await asked();
    await choose(dialog, 'Retracted');
    await press(dialog, act.cancel);
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(sentTo(server, PUT)).toEqual([]);
  });
});

describe('what needs one person', () => {
  it('is sent once with what it is thought to be, and says how many answers it touches', async () => {
    const sent: unknown[] = [];
    const { server, become } = open({
      [PUT]: (body) => {
        sent.push(body);
        become(recordOf({ versions: [versionOf({ status: 'retracted' })], standings: [] }));
        return json({ document: id, version: 2, status: 'retracted', earlier: [], answers: 12, people: 5 });
      },
    });
    const dialog = await asked();
    await choose(dialog, 'Retracted');
    await write(dialog, ' the issuer took it back ');
    await userEvent.dblClick(within(dialog).getByRole('button', { name: say.act }));
    const receipt = await screen.findByRole('dialog', { name: say.doneTitle });
    expect(sent).toEqual([{ status: 'retracted', reason: 'the issuer took it back', expected: 'current' }]);
    expect(sentTo(server, PUT)).toHaveLength(1);
    expect(within(receipt).getByText(say.done(2, 'Retracted'))).toBeTruthy();
    expect(within(receipt).getByText(say.affected(12, 5))).toBeTruthy();
    const link = within(receipt).getByRole('link', { name: say.recall });
    expect(link.getAttribute('href')).toBe(`/audit/recall?document=${id}&version=2`);
    // The foot's, as against the cross in the head.
    const closers = within(receipt).getAllByRole('button', { name: say.close });
    await userEvent.click(closers.at(-1) as HTMLElement);
    expect(await screen.findAllByText('Retracted')).not.toHaveLength(0);
    expect(screen.queryByRole('button', { name: documentRecord.head.change })).toBeNull();
  });

  it('is not done when somebody else was quicker; what was written stays, and what it is now is shown', async () => {
    const bodies: unknown[] = [];
    const { become } = open({
      [PUT]: (body) => {
        bodies.push(body);
        if (bodies.length > 1) return json({ document: id, version: 2, status: 'retracted', earlier: [1], answers: 1, people: 1 });
        become(recordOf({ versions: [versionOf({ status: 'corrected' })] }));
        return refusal(409, 'changed_meanwhile', 'it is corrected by now');
      },
    });
    const dialog = await asked();
    await choose(dialog, 'Retracted');
    await write(dialog, 'taken back');
    await press(dialog, say.act);
    expect((await within(dialog).findByRole('alert')).textContent).toContain(say.changedMeanwhile);
    expect(await within(dialog).findByText(say.now)).toBeTruthy();
    await waitFor(() => expect(within(dialog).getByText(say.now).textContent).toContain('Corrected'));
    expect(within(dialog).getByRole<HTMLTextAreaElement>('textbox').value).toBe('taken back');
    await press(dialog, say.act);
    expect(await screen.findByText(say.affected(1, 1))).toBeTruthy();
    expect(screen.getByText(say.earlier([1]))).toBeTruthy();
    expect(screen.getByRole('link', { name: say.recall }).getAttribute('href')).toBe(`/audit/recall?document=${id}`);
    expect(bodies[1]).toEqual({ status: 'retracted', reason: 'taken back', expected: 'corrected' });
  });
});

describe('what needs two people', () => {
  it('becomes a proposal, and its page is opened', async () => {
    const sent: unknown[] = [];
    const { pages, server } = open(
      {
        'POST /v1/library/proposals': (body) => {
          sent.push(body);
          return json({ id: 'q-1' }, 201);
        },
      },
      '?version=1&view=history',
    );
    const dialog = await asked();
    await choose(dialog, 'In force');
    expect(within(dialog).getByText(say.proposed, { exact: false })).toBeTruthy();
    await write(dialog, 'withdrawn by mistake');
    await press(dialog, say.propose);
    await waitFor(() => expect(pages.state.location.pathname).toBe('/library/changes/q-1'));
    expect(sent).toEqual([{ kind: 'restore', document: id, version: 1, reason: 'withdrawn by mistake' }]);
    expect(server.asked.filter((one) => one.startsWith('PUT'))).toEqual([]);
  });

  it('that is proposed already leads to the proposals', async () => {
    open(
      { 'POST /v1/library/proposals': () => refusal(409, 'already_proposed', 'it is proposed already') },
      '?version=1&view=history',
    );
    const dialog = await asked();
    await choose(dialog, 'In force');
    await write(dialog, 'withdrawn by mistake');
    await press(dialog, say.propose);
    expect((await within(dialog).findByRole('link', { name: say.toProposals })).getAttribute('href')).toBe('/library/changes');
  });
});
