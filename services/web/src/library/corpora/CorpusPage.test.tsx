// The page of a corpus, its policies, and changing what is in force, against a server in memory.
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { act } from '../../strings/act';
import { corpora } from '../../strings/corpora';
import { library } from '../../strings/library';
import { policies as say } from '../../strings/policies';
import { openPages } from '../../testing/pages';
import { fakeServer, json, refusal, type Replies, signedIn } from '../../testing/session';
import { corpusHealth, corpusRecord, pat, policyOf, policyRecord } from '../sample';
import type { CorpusRecord, PolicyRequest } from '../types';

const HOSTILE = '<img src=x onerror=alert(1)> Licence';
const PUT = 'PUT /v1/library/corpora/starter/policy';
const librarian = signedIn('lin', { roles: ['librarian'] });

let record: CorpusRecord = corpusRecord();
let sent: PolicyRequest[] = [];

function open(more: Replies = {}, who = librarian) {
  fakeServer(who, { 'GET /v1/library/corpora/starter': () => json(record), ...more });
  return openPages('/library/corpora/starter');
}

/** As the server does with what only narrows. */
const inForce = (body: unknown) => {
  const request = body as PolicyRequest;
  sent.push(request);
  const number = request.expected + 1;
  record = corpusRecord({ policies: [policyRecord(number, request), ...record.policies] });
  return json({ outcome: 'in_force', number, proposal: null });
};
const proposed = (body: unknown) => {
  sent.push(body as PolicyRequest);
  record = { ...record, proposal: 'p-9' };
  return json({ outcome: 'proposed', number: null, proposal: 'p-9' }, 202);
};

const begin = async () => {
  await userEvent.click(await screen.findByRole('button', { name: say.change }));
  return screen.getByRole('dialog', { name: say.form.titles.change('starter library') });
};
const field = (name: string) => screen.getByRole<HTMLInputElement>('textbox', { name: new RegExp(`^${name}`) });
const retype = async (name: string, text: string) => {
  await userEvent.clear(field(name));
  if (text !== '') await userEvent.type(field(name), text);
};
const press = async (name: string) => userEvent.click(screen.getByRole('button', { name }));
const rows = (place: HTMLElement) =>
  within(place).getAllByRole('term').map((term) => [term.textContent, term.nextElementSibling?.textContent]);

beforeEach(() => {
  [record, sent] = [corpusRecord(), []];
  sessionStorage.clear();
  vi.spyOn(globalThis, 'scrollTo').mockImplementation(() => undefined);
});

describe('the page', () => {
  it('says what is in force in sentences, how it is kept, and where it comes from', async () => {
    const health = { ...corpusHealth('starter', { sources: 2, findings: 3 }), corpus: policyOf({ rights: { quote_words: 60 } }) };
    record = corpusRecord({ health, sources: ['pubmed: asthma[mh]', 'directory: /srv/<b>'], refresh: '7 days' });
    const { container } = open();
    expect(await screen.findByRole('heading', { level: 1, name: 'starter library' })).toBeTruthy();
    expect(screen.getByText('Quotes of up to 60 words may be shown.')).toBeTruthy();
    const sources = within(screen.getByRole('list', { name: say.namedSources })).getAllByRole('listitem');
    expect(sources.map((one) => one.textContent)).toEqual(['pubmed: asthma[mh]', 'directory: /srv/<b>']);
    expect(screen.getByText(say.refresh('7 days'))).toBeTruthy();
    const counted = screen.getAllByRole('link').find((one) => one.textContent === '3 open findings, starter library');
    expect(counted?.getAttribute('href')).toBe('/library/queue');
    const area = within(screen.getByRole('navigation', { name: library.area }));
    expect(area.getAllByRole('link', { current: 'page' }).map((one) => one.textContent)).toEqual([library.areas.corpora]);
    expect(screen.queryByText(say.proposed)).toBeNull();
    await waitFor(() => expect(document.title).toContain('starter library'));
    const { violations } = await axe.run(container);
    expect(violations.map(({ id }) => id)).toEqual([]);
  });

  it('tells every policy with who, when, why, and what it changed', async () => {
    record = corpusRecord({
      policies: [
        policyRecord(3, { by: pat, policy: policyOf({ licence: HOSTILE, rights: { quote_words: 60 } }) }),
        policyRecord(2, { reason: '', policy: policyOf({ rights: { quote_words: 25 } }) }),
        policyRecord(1, { at: null, by: null }),
      ],
    });
    const { container } = open();
    const entries = within(await screen.findByRole('list', { name: say.history.title })).getAllByRole('listitem');
    expect(entries.map((one) => one.textContent?.includes(say.history.inForce))).toEqual([true, false, false]);
    expect(entries[0]?.textContent).toContain('Reason 33 Nov 2026, 09:00 UTC · by Pat Publisher');
    expect(rows(entries[0] as HTMLElement)).toEqual([
      [say.differences.fields.licence, `from: CC-BY-4.0 → to: ${HOSTILE} `],
      [say.differences.fields.quote_words, `from: 25 words → to: 60 words ${say.differences.allows.more}`],
    ]);
    expect(entries[1]?.textContent).toContain(say.history.noReason);
    expect(rows(entries[1] as HTMLElement)).toEqual([
      [say.differences.fields.quote_words, `from: no limit set → to: 25 words ${say.differences.allows.less}`],
    ]);
    expect(entries[2]?.textContent).toContain(`${say.history.before}${say.history.first}`);
    expect(rows(entries[2] as HTMLElement)).toContainEqual([say.differences.fields.index, say.differences.allowed]);
    expect(container.querySelector('img')).toBeNull();
  });

  it('leads to an open proposal about it', async () => {
    record = corpusRecord({ proposal: 'p-4' });
    open();
    expect((await screen.findByRole('link', { name: say.toProposal })).getAttribute('href')).toBe('/library/changes/p-4');
  });

  it.each([['auditor'], ['publisher']] as const)('lets an %s read, and change nothing', async (role) => {
    open({}, signedIn('eve', { roles: [role] }));
    expect(await screen.findByRole('heading', { name: corpora.rights.title })).toBeTruthy();
    expect(screen.queryByRole('button', { name: say.change })).toBeNull();
  });

  it('says that there is no such corpus', async () => {
    open({ 'GET /v1/library/corpora/starter': () => refusal(404, 'unknown_corpus', 'there is no corpus starter') });
    expect((await screen.findByRole('alert')).textContent).toContain('There is no corpus starter.');
    expect(screen.getByRole('button', { name: act.retry })).toBeTruthy();
  });
});

describe('a change that only narrows', () => {
  it('is said to take effect at once, and does', async () => {
    open({ [PUT]: inForce });
    const dialog = await begin();
    expect(document.activeElement).toBe(field(say.form.title));
    expect(within(dialog).getByText(say.form.consequences.nothing)).toBeTruthy();
    await userEvent.click(within(dialog).getByRole('checkbox', { name: new RegExp(`^${say.form.rightNames.export}`) }));
    await retype(say.form.quoteWords, '25');
    await retype(say.form.reason, 'Their letter of May');
    expect(within(dialog).getByText(say.form.consequences.narrower)).toBeTruthy();
    expect(rows(dialog)).toEqual([
      [say.differences.fields.export, `from: allowed → to: not allowed ${say.differences.allows.less}`],
      [say.differences.fields.quote_words, `from: no limit set → to: 25 words ${say.differences.allows.less}`],
    ]);
    const { violations } = await axe.run(dialog);
    expect(violations.map(({ id }) => id)).toEqual([]);
    await userEvent.dblClick(within(dialog).getByRole('button', { name: say.form.act.narrower }));
    expect(await screen.findByText(say.form.inForce(2))).toBeTruthy();
    expect(sent).toEqual([
      { policy: policyOf({ rights: { export: false, quote_words: 25 } }), reason: 'Their letter of May', expected: 1 },
    ]);
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(await screen.findByText('Quotes of up to 25 words may be shown.')).toBeTruthy();
    expect(screen.getByRole('heading', { name: say.history.name(2) })).toBeTruthy();
  });
});

describe('any other change', () => {
  it('is said to become a proposal, and leads to it', async () => {
    open({ [PUT]: proposed });
    const dialog = await begin();
    await retype(say.form.licence, 'CC0');
    await userEvent.click(within(dialog).getByRole('checkbox', { name: new RegExp(`^${say.form.rightNames.display}`) }));
    await retype(say.form.reason, 'A new licence');
    expect(within(dialog).getByText(`${say.form.consequences.proposal} ${say.form.consequences.mixed}`)).toBeTruthy();
    expect(within(dialog).queryByRole('button', { name: say.form.act.narrower })).toBeNull();
    await userEvent.click(within(dialog).getByRole('button', { name: say.form.act.proposal }));
    const receipt = await screen.findByRole('dialog', { name: say.form.proposedTitle });
    expect(within(receipt).getByRole('link', { name: say.toProposal }).getAttribute('href')).toBe('/library/changes/p-9');
    await waitFor(() => expect(receipt.contains(document.activeElement)).toBe(true));
    await userEvent.click(within(receipt).getAllByRole('button', { name: say.form.close }).at(-1) as HTMLElement);
    expect(await screen.findByText(say.proposed)).toBeTruthy();
    expect(sent[0]?.policy).toEqual(policyOf({ licence: 'CC0', rights: { display: false } }));
  });
});

it('what was written is there again when the dialog was left, as long as the same policy is in force', async () => {
  open({ [PUT]: inForce });
  await begin();
  await retype(say.form.quoteWords, '25');
  await userEvent.keyboard('{Escape}');
  expect(screen.queryByRole('dialog')).toBeNull();
  await begin();
  expect(field(say.form.quoteWords).value).toBe('25');
  await retype(say.form.reason, 'Their letter of May');
  await press(say.form.act.narrower);
  await screen.findByRole('heading', { name: say.history.name(2) });
  await begin();
  expect([field(say.form.quoteWords).value, field(say.form.reason).value]).toEqual(['25', '']);
  expect(screen.getByText(say.form.consequences.nothing)).toBeTruthy();
});

describe('what is refused', () => {
  it('here is said beside its field, and the first of them has the focus', async () => {
    open({ [PUT]: proposed });
    await begin();
    await retype(say.form.issuer, '');
    await retype(say.form.expires, '2027-02-30');
    await press(say.form.act.proposal);
    expect(document.activeElement).toBe(field(say.form.issuer));
    const alerts = screen.getAllByRole('alert').map((one) => one.textContent);
    expect(alerts).toEqual([say.form.faults.empty, say.form.faults.expires, say.form.faults.reason]);
    expect(field(say.form.expires).getAttribute('aria-invalid')).toBe('true');
    await userEvent.type(field(say.form.issuer), 'Osler');
    expect(screen.queryByText(say.form.faults.empty)).toBeNull();
    expect(sent).toEqual([]);
  });

  it('is a change of nothing', async () => {
    open({ [PUT]: proposed });
    await begin();
    await retype(say.form.reason, 'Because');
    await press(say.form.act.proposal);
    expect(screen.getByRole('alert').textContent).toBe(say.form.faults.nothing);
    expect(sent).toEqual([]);
  });

  it('because somebody was quicker keeps what was typed, and compares it with what is in force now', async () => {
    open({
      [PUT]: (body) => {
        if ((body as PolicyRequest).expected === 2) return proposed(body);
        record = corpusRecord({ policies: [policyRecord(2, { policy: policyOf({ title: 'Renamed' }) }), policyRecord(1)] });
        return refusal(409, 'changed_meanwhile', 'policy 2 is in force');
      },
    });
    const dialog = await begin();
    await retype(say.form.licence, 'CC0');
    await retype(say.form.reason, 'A new licence');
    expect(rows(dialog)).toHaveLength(1);
    await press(say.form.act.proposal);
    expect(await within(dialog).findByText(say.form.help['changed_meanwhile'] ?? '')).toBeTruthy();
    expect(within(dialog).getByText('Policy 2 is in force.')).toBeTruthy();
    await waitFor(() => expect(rows(dialog).map(([name]) => name)).toEqual([say.differences.fields.title, say.differences.fields.licence]));
    expect([field(say.form.licence).value, field(say.form.reason).value]).toEqual(['CC0', 'A new licence']);
    await press(say.form.act.proposal);
    expect(await screen.findByText(say.form.proposed)).toBeTruthy();
    expect(sent.map(({ expected }) => expected)).toEqual([2]);
  });

  it('because one is proposed already leads to that', async () => {
    open({
      [PUT]: () => {
        record = { ...record, proposal: 'p-4' };
        return refusal(409, 'already_proposed', 'a proposal about it is open');
      },
    });
    const dialog = await begin();
    await retype(say.form.licence, 'CC0');
    await retype(say.form.reason, 'A new licence');
    await press(say.form.act.proposal);
    expect(await within(dialog).findByText(say.form.proposalOpen)).toBeTruthy();
    const link = await within(dialog).findByRole('link', { name: say.toProposal });
    expect(link.getAttribute('href')).toBe('/library/changes/p-4');
  });

  it.each([
    ['bad_policy', 'the language "xx-" is no language tag', 'The language "xx-" is no language tag.'],
    ['no_change', 'nothing changes', say.form.help['no_change'] ?? ''],
  ])('by the server is told in words, and what was typed stays: %s', async (code, detail, words) => {
    open({ [PUT]: () => refusal(422, code, detail) });
    const dialog = await begin();
    await retype(say.form.licence, 'CC0');
    await retype(say.form.reason, 'A new licence');
    await press(say.form.act.proposal);
    expect(await within(dialog).findByText(words)).toBeTruthy();
    expect(field(say.form.licence).value).toBe('CC0');
  });
});
