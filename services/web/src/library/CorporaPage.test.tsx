// The list of corpora, as a librarian has it, against a server in memory.
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { problem } from '../strings';
import { corpora as say } from '../strings/corpora';
import { policies } from '../strings/policies';
import { openPages } from '../testing/pages';
import { fakeServer, json, refusal, type Replies, signedIn } from '../testing/session';
import type { CorpusHealth, Policy } from './types';

const policy: Policy = {
  id: 'starter',
  title: 'Teaching library <b>',
  issuer: 'Osler',
  kind: 'guideline',
  licence: 'CC BY 4.0',
  rights: { index: true, display: true, export: true },
  jurisdiction: 'international',
  language: 'en',
};
const health = (change: Partial<CorpusHealth> = {}, rights: Partial<Policy['rights']> = {}): CorpusHealth => ({
  corpus: { ...policy, rights: { ...policy.rights, ...rights } },
  documents: 1200,
  versions: 1300,
  passages: 45_000,
  findings: 4,
  overdue: 2,
  poor: 3,
  suppressed: 5,
  sources: 3,
  is_licence_over: false,
  last_run: {
    id: 7,
    at: '2026-11-20T10:00:00Z',
    actor: { id: 'command-line', name: null },
    corpus: 'starter',
    documents: { added: 12, updated: 1, unchanged: 900, rejected: 2 },
    passages: 40,
    reviews: 1,
    skipped: 0,
  },
  ...change,
});

const librarian = signedIn('ada', { roles: ['librarian'] });
const open = (corpora: CorpusHealth[] = [health()], more: Replies = {}, who = librarian) => {
  const server = fakeServer(who, { 'GET /v1/library/corpora': () => json({ corpora }), ...more });
  return { server, ...openPages('/library') };
};
const refresh = new RegExp(`^${say.runs.refresh}`);

beforeEach(() => {
  sessionStorage.clear();
  vi.spyOn(globalThis, 'scrollTo').mockImplementation(() => undefined);
});

describe('a corpus', () => {
  it('says in sentences by what right it is held', async () => {
    open([health()]);
    const section = await screen.findByRole('region', { name: policy.title });
    const sentences = within(section).getAllByRole('listitem').map((one) => one.textContent);
    expect(sentences).toEqual([
      'Licence: CC BY 4.0.',
      'Its texts may be indexed and searched.',
      'Quotes of any length may be shown.',
      'Whole documents may be displayed.',
      'Quotes may leave the house in exports.',
      'The licence does not end.',
    ]);
    expect(within(section).queryByText(say.rights.over)).toBeNull();
  });

  it('says what its licence does not allow', async () => {
    open([health({}, { index: false, quote_words: 60, display: false, export: false, expires: '2027-03' })]);
    const section = await screen.findByRole('region', { name: policy.title });
    const sentences = within(section).getAllByRole('listitem').map((one) => one.textContent);
    expect(sentences.slice(1)).toEqual([
      say.rights.index(false),
      'Quotes of up to 60 words may be shown.',
      say.rights.display(false),
      say.rights.export(false),
      'The licence runs until Mar 2027.',
    ]);
  });

  it('whose licence has ended says so loudly', async () => {
    open([health({ is_licence_over: true }, { expires: '2025-12-31' })]);
    const title = await screen.findByText(say.rights.over);
    expect(title.parentElement?.textContent).toContain('It ran until 31 Dec 2025: nothing of this corpus is found');
    expect(screen.queryByText(say.rights.endless)).toBeNull();
  });

  it('leads to its own page, and to the documents and findings that it counts', async () => {
    open();
    const section = await screen.findByRole('region', { name: policy.title });
    const links = within(section).getAllByRole('link');
    expect(links.map((one) => [one.textContent, one.getAttribute('href')])).toEqual([
      [policy.title, '/library/corpora/starter'],
      [`1,200 documents, ${policy.title}`, '/library/documents?corpus=starter'],
      [`4 open findings, ${policy.title}`, '/library/queue'],
      [`2 review overdue, ${policy.title}`, '/library/documents?corpus=starter&due=true'],
      [`3 poorly read, ${policy.title}`, '/library/documents?corpus=starter&poor=true'],
      [`Retracted of ${policy.title}`, '/library/documents?corpus=starter&status=retracted'],
      [`Withdrawn of ${policy.title}`, '/library/documents?corpus=starter&status=withdrawn'],
      [`Its account: last taken in, ${policy.title}`, '/library/ingest?run=7'],
    ]);
    expect(section.textContent).toContain('by Command line: 12 added, 1 updated, 900 unchanged, 2 rejected.');
  });
});

describe('its sources', () => {
  const ingest = { id: 'i-1', corpus: 'starter' };

  it('are looked at once, and one sees what comes of it', async () => {
    const { server, pages } = open([health()], { 'POST /v1/library/corpora/starter/refresh': () => json(ingest, 202) });
    await userEvent.dblClick(await screen.findByRole('button', { name: refresh }));
    await waitFor(() => expect(pages.state.location.href).toBe('/library/ingest?corpus=starter'));
    expect(server.asked.filter((one) => one.startsWith('POST'))).toHaveLength(1);
  });

  it('that cannot be asked now leave the page, and say why', async () => {
    const busy = () => refusal(409, 'ingest_in_work', 'another ingest is in work');
    const { pages } = open([health()], { 'POST /v1/library/corpora/starter/refresh': busy });
    await userEvent.click(await screen.findByRole('button', { name: refresh }));
    expect((await screen.findByRole('alert')).textContent).toContain('Another ingest is in work.');
    expect(screen.getByRole('link', { name: say.runs.toIngest }).getAttribute('href')).toBe('/library/ingest?corpus=starter');
    expect(pages.state.location.href).toBe('/library');
  });

  it('are not for those who only look, and not where there are none', async () => {
    open([health()], {}, signedIn('eve', { roles: ['auditor'] }));
    await screen.findByText(say.runs.sources(3));
    expect(screen.queryByRole('button', { name: refresh })).toBeNull();
    open([health({ sources: 0, last_run: null })]);
    await screen.findByText(say.runs.noSources);
    expect(screen.getByText(say.runs.none)).toBeTruthy();
    expect(screen.queryByRole('button', { name: refresh })).toBeNull();
  });
});

describe('the page', () => {
  it('says when there is no corpus, and when it is not for whoever asks', async () => {
    open([]);
    expect(await screen.findByText(say.empty)).toBeTruthy();
    open([], { 'GET /v1/library/corpora': () => refusal(403, 'not_allowed', 'this needs another role') });
    expect(await screen.findByText(problem.notAllowed)).toBeTruthy();
  });

  it('has no barriers that a checker finds', async () => {
    const { container } = open([
      health(),
      health({ corpus: { ...policy, id: 'other', title: 'Other' }, is_licence_over: true, suppressed: 0 }),
    ]);
    await screen.findByRole('region', { name: 'Other' });
    const { violations } = await axe.run(container);
    expect(violations.map(({ id }) => id)).toEqual([]);
  });
});

describe('a new corpus', () => {
  const text = (name: string) => screen.getByRole('textbox', { name: new RegExp(`^${name}`) });
  const { form } = policies;
  const begin = async () => {
    await userEvent.click(await screen.findByRole('button', { name: policies.add }));
    return screen.getByRole('dialog', { name: form.titles.add });
  };
  const write = async (values: Record<string, string>) => {
    for (const [name, value] of Object.entries(values)) {
      await userEvent.clear(text(name));
      await userEvent.type(text(name), value);
    }
  };

  it('is proposed by a librarian, once everything is said of it', async () => {
    const sent: unknown[] = [];
    open([health()], {
      'PUT /v1/library/corpora/ward-7/policy': (body) => {
        sent.push(body);
        return json({ outcome: 'proposed', number: null, proposal: 'p-1' }, 202);
      },
    });
    const dialog = await begin();
    expect(document.activeElement).toBe(text(form.id));
    expect(within(dialog).getByText(form.consequences.add)).toBeTruthy();
    await write({ [form.id]: 'starter', [form.title]: 'Ward 7' });
    await userEvent.click(within(dialog).getByRole('button', { name: form.act.proposal }));
    expect(within(dialog).getByText(form.faults.idTaken)).toBeTruthy();
    expect(within(dialog).getByText(form.faults.kind)).toBeTruthy();
    expect(document.activeElement).toBe(text(form.id));
    expect(sent).toEqual([]);
    await write({
      [form.id]: 'ward-7',
      [form.issuer]: 'Ward 7',
      [form.licence]: 'Our own',
      [form.jurisdiction]: 'NG',
      [form.language]: 'en-NG',
      [form.reason]: 'Our own rules',
    });
    await userEvent.click(within(dialog).getByRole('radio', { name: 'Local policy' }));
    await userEvent.click(within(dialog).getByRole('checkbox', { name: new RegExp(`^${form.rightNames.index}`) }));
    const { violations } = await axe.run(dialog);
    expect(violations.map(({ id }) => id)).toEqual([]);
    await userEvent.click(within(dialog).getByRole('button', { name: form.act.proposal }));
    const link = await screen.findByRole('link', { name: policies.toProposal });
    expect(link.getAttribute('href')).toBe('/library/changes/p-1');
    const wanted: Policy = {
      id: 'ward-7', title: 'Ward 7', issuer: 'Ward 7', kind: 'local_policy', licence: 'Our own',
      rights: { index: true, display: false, export: false }, jurisdiction: 'NG', language: 'en-NG',
    };
    expect(sent).toEqual([{ policy: wanted, reason: 'Our own rules', expected: 0 }]);
  });

  it('is not for those who only look', async () => {
    open([health()], {}, signedIn('pat', { roles: ['publisher', 'auditor'] }));
    await screen.findByRole('region', { name: policy.title });
    expect(screen.queryByRole('button', { name: policies.add })).toBeNull();
  });
});
