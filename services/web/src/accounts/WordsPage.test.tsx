// Erasing the words of an answer as an administrator who reads none of them, against a server in memory.
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { keys } from '../api/keys';
import { accounts } from '../strings/accounts';
import { problem } from '../strings/problem';
import { openPages } from '../testing/pages';
import { fakeServer, refusal, type Replies, signedIn } from '../testing/session';
import type { Role } from '../session/types';

const say = accounts.words;
const ID = '01a202b2-c500-7a73-8b42-6458e733b8ab';
const ERASE = `DELETE /v1/audit/answers/${ID}/words`;

const gone = () => new Response(null, { status: 204 });

const open = (replies: Replies = { [ERASE]: gone }, roles: Role[] = ['admin']) => {
  const server = fakeServer(signedIn('root', { roles }), replies);
  return { server, ...openPages('/accounts/words') };
};

const field = () => screen.findByRole<HTMLInputElement>('textbox', { name: new RegExp(`^${say.id}`) });
async function ask(text = ID) {
  await userEvent.type(await field(), text);
  await userEvent.click(screen.getByRole('button', { name: say.open }));
}
const dialog = async () => within(await screen.findByRole('alertdialog', { name: say.dialog }));
const confirm = async () => userEvent.click((await dialog()).getByRole('button', { name: say.act }));

beforeEach(() => {
  vi.spyOn(globalThis, 'scrollTo').mockImplementation(() => undefined);
});

describe('an administrator alone', () => {
  it('gets there by the navigation', async () => {
    fakeServer(signedIn('root', { roles: ['admin'] }), {});
    openPages('/accounts');
    await userEvent.click(await screen.findByRole('link', { name: accounts.areas.words }));
    expect(await screen.findByRole('heading', { name: say.title, level: 1 })).toBeTruthy();
  });

  it('is told what goes and what stays before anything is sent, and what came of it afterwards', async () => {
    const { server, services } = open();
    services.queries.setQueryData(keys.answer(ID), { question: 'of a patient' });
    services.queries.setQueryData(['audit', 'record', ID], { question: 'of a patient' });
    await ask(`  ${ID} `);
    const asking = await dialog();
    for (const line of [...say.gone, ...say.left, say.never, ID]) expect(asking.getByText(line)).toBeTruthy();
    expect(server.asked).not.toContain(ERASE);
    await confirm();
    expect(await screen.findByText(say.doneDetail(ID))).toBeTruthy();
    await waitFor(() => expect(document.activeElement?.textContent).toContain(say.done));
    expect(server.asked.filter((one) => one === ERASE)).toHaveLength(1);
    expect((await field()).value).toBe('');
    // Nor does this browser keep them.
    expect(services.queries.getQueryData(keys.answer(ID))).toBeUndefined();
    expect(services.queries.getQueryData(['audit', 'record', ID])).toBeUndefined();
  });

  it('is told that it is done, and to be done again, while another program keeps what was erased', async () => {
    const { services } = open({ [ERASE]: () => refusal(503, 'still_read', 'the words are destroyed, but another program reads them') });
    services.queries.setQueryData(keys.answer(ID), { question: 'of a patient' });
    services.queries.setQueryData(['audit', 'record', ID], { question: 'of a patient' });
    await ask();
    await confirm();
    expect(await screen.findByText(say.still)).toBeTruthy();
    expect(screen.queryByText(say.failed)).toBeNull();
    expect(screen.queryByRole('alertdialog')).toBeNull();
    expect((await field()).value).toBe(ID);
    expect(services.queries.getQueryData(keys.answer(ID))).toBeUndefined();
    expect(services.queries.getQueryData(['audit', 'record', ID])).toBeUndefined();
  });

  it('can think better of it', async () => {
    const { server } = open();
    await ask();
    await dialog();
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
    expect(server.asked).not.toContain(ERASE);
    expect((await field()).value).toBe(ID);
  });

  it('sends nothing that is no id', async () => {
    open();
    await ask('what was asked/yesterday');
    expect(await screen.findByText(say.badId)).toBeTruthy();
    expect(document.activeElement).toBe(await field());
    expect(screen.queryByRole('alertdialog')).toBeNull();
  });
});

describe('what must be kept', () => {
  const kept = (detail: string) => ({ [ERASE]: () => refusal(409, 'kept', detail) });

  it('because it is held, is said with who can lift that', async () => {
    open(kept('this record is kept until the hold is lifted: somebody holds it'));
    await ask();
    await confirm();
    const asking = await dialog();
    expect(await asking.findByText(say.help.held)).toBeTruthy();
    expect(asking.getByText(say.failed)).toBeTruthy();
  });

  it('because it is too early, is said with the time, and what allows it before', async () => {
    open(kept('this record is kept until 2032-11-22T10:00:00.25Z: records are kept for as long as the policy says'));
    await ask();
    await confirm();
    expect(await (await dialog()).findByText(say.help.early('22 Nov 2032, 10:00 UTC'))).toBeTruthy();
  });

  it('because there is nothing of that id, is said, and the id stays to be corrected', async () => {
    open({ [ERASE]: () => refusal(404, 'unknown_answer', 'there is no record of that id') });
    await ask();
    await confirm();
    expect(await (await dialog()).findByText(say.help.unknown)).toBeTruthy();
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
    expect((await field()).value).toBe(ID);
  });
});

it('others are told that it is not for them', async () => {
  open({}, ['auditor']);
  expect(await screen.findByText(problem.notAllowed)).toBeTruthy();
  expect(screen.queryByRole('textbox')).toBeNull();
});

it('has no barriers that a checker finds', async () => {
  const { container } = open();
  await field();
  expect((await axe.run(container)).violations.map(({ id }) => id)).toEqual([]);
  await ask();
  expect((await axe.run(await screen.findByRole('alertdialog'))).violations.map(({ id }) => id)).toEqual([]);
});
