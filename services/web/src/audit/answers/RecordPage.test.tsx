// The record of an answer, as an auditor has it: what the program recorded, against a server in memory.
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Answer } from '../../api/types';
import { saveBlob } from '../../export/file';
import { problem } from '../../strings';
import { answer as answerWords } from '../../strings/answer';
import { literature } from '../../strings/literature';
import { proof } from '../../strings/proof';
import { readers } from '../../strings/readers';
import { record as say } from '../../strings/record';
import { openPages } from '../../testing/pages';
import { fakeServer, json, refusal, type Replies, signedIn } from '../../testing/session';
import { move } from '../feedback/sample';
import type { Handling } from '../feedback/types';
import { spelled } from '../proof/entry';
import { newSigner } from '../proof/sample';
import type { AnswerRecord } from './calls';
import { answer, receipt, record, replay } from './sample';
import { remember } from './useBelieved';

vi.mock('../../export/file', async (original) => ({
  ...(await original<typeof import('../../export/file')>()),
  saveBlob: vi.fn(),
}));

const { id } = record;
const [askedAt = 0, givenAt = 0] = record.entries.map(({ seq }) => seq);
const ONE = `/v1/audit/answers/${id}`;
const [key = ''] = receipt.keys;
const auditor = signedIn('ada', { roles: ['auditor'] });
const both = signedIn('ada', { roles: ['auditor', 'admin'] });

interface Here {
  record?: Partial<AnswerRecord>;
  answer?: Partial<Answer>;
  more?: Replies;
  session?: typeof auditor;
}

const open = (here: Here = {}) => {
  const server = fakeServer(here.session ?? auditor, {
    [`GET ${ONE}`]: () => json({ ...record, ...here.record }),
    [`GET /v1/answers/${id}`]: () => json({ ...answer, ...here.answer }),
    [`GET /v1/answers/${id}/receipt`]: () => json(receipt),
    ...here.more,
  });
  return { server, ...openPages(`/audit/answers/${id}`) };
};

const sectionOf = async (name: string) => {
  const heading = await screen.findByRole('heading', { name, level: 2 });
  return within(heading.closest('section') as HTMLElement);
};
const press = async (name: string) => userEvent.click(await screen.findByRole('button', { name }));

beforeEach(() => {
  sessionStorage.clear();
  localStorage.clear();
  remember('');
  vi.spyOn(globalThis, 'scrollTo').mockImplementation(() => undefined);
});

describe('the record', () => {
  it('has the question, what came of it, and each statement with its quotes and the way to their places', async () => {
    open();
    expect(await screen.findByText(record.question ?? '')).toBeTruthy();
    const statements = await screen.findByRole('list', { name: say.answer.statements });
    const quote = answer.statements[0]?.citations[0];
    expect(quote).toBeDefined();
    expect(within(statements).getByText(quote?.quote ?? '', { selector: 'blockquote' })).toBeTruthy();
    expect(within(statements).getAllByText(literature.verdicts.supported.word)).toHaveLength(2);
    const link = within(statements).getByRole('link', { name: say.answer.open('Type 2 diabetes') });
    expect(link.getAttribute('href')).toBe(
      `/documents/${answer.evidence[0]?.document.id ?? ''}?version=1&start=26&end=105&cite=${id}.1`,
    );
  });

  it('has the passages with their scores and hashes, what is not known, and what it was made with', async () => {
    const model = { id: 'writer', revision: 'r1', sha256: 'c'.repeat(64), parameters: { temperature: 0 } as never };
    open({ answer: { model, prompt_sha256: 'd'.repeat(64), closest: answer.evidence } });
    const passages = await screen.findByRole('list', { name: say.answer.evidence });
    const first = answer.evidence[0];
    const shown = (score: number | undefined) => String(Number((score ?? NaN).toFixed(4)));
    const [words, meaning] = [first?.scores.lexical, first?.scores.dense].map((arm) => `place 1, score ${shown(arm?.score)}`);
    for (const said of [words, meaning, shown(first?.scores.fused), first?.document.sha256]) {
      expect(passages.textContent).toContain(said);
    }
    expect(screen.getByRole('list', { name: say.answer.closest })).toBeTruthy();
    expect(screen.getByText('Renal function is not stated; E1 depends on it.')).toBeTruthy();
    for (const words of ['c'.repeat(64), 'd'.repeat(64), '{"temperature":0}']) expect(screen.getByText(words)).toBeTruthy();
    expect(screen.getByText(/Search 8\sms · Model 0\sms · Checking 1\sms · In all 21\sms/)).toBeTruthy();
  });

  it('says so when a quote is not in its passage, and leads nowhere', async () => {
    const [one] = answer.statements;
    const statements = one ? [{ ...one, citations: one.citations.map((cited) => ({ ...cited, quote: 'Not there.' })) }] : [];
    open({ answer: { statements } });
    expect(await screen.findByText(answerWords.brokenLong)).toBeTruthy();
    expect(within(screen.getByRole('list', { name: say.answer.statements })).queryByRole('link')).toBeNull();
  });

  it('has every entry, with its exact bytes', async () => {
    open();
    const list = within(await screen.findByRole('list', { name: say.entries.list }));
    const entries = list.getAllByRole('listitem');
    expect(entries.map((one) => one.querySelector('strong')?.textContent)).toEqual(['Asked', 'Answered', 'Feedback', 'Receipt taken']);
    await userEvent.click(within(entries[1] as HTMLElement).getByRole('button', { name: new RegExp(`Entry ${givenAt}`) }));
    expect(within(entries[1] as HTMLElement).getByText(receipt.given.entry)).toBeTruthy();
    expect(record.entries.slice(0, 2).map(spelled)).toEqual([receipt.asked.entry, receipt.given.entry]);
  });

  it('shows many entries some at a time', async () => {
    const [first] = record.entries;
    const entries = Array.from({ length: 120 }, (_, at) => ({ ...first, seq: at, action: 'answer.read' })) as typeof record.entries;
    open({ record: { entries } });
    const list = within(await screen.findByRole('list', { name: say.entries.list }));
    expect(list.getAllByRole('listitem')).toHaveLength(50);
    await press(say.entries.more('50'));
    await press(say.entries.more('20'));
    expect(list.getAllByRole('listitem')).toHaveLength(120);
  });

  it('has what readers said, with their words where they can be read, and what was done about it', async () => {
    const closed = move('closed', { outcome: 'corpus_changed', note: 'A later edition was taken in.' });
    const handling: Handling = { state: 'closed', moves: [closed], waited_hours: 2 };
    open({ record: { feedback: record.feedback.map((one) => ({ ...one, handling })) } });
    const section = await sectionOf(say.feedback.heading);
    expect(section.getByText('Says nothing of contrast media.')).toBeTruthy();
    expect(section.getByText(say.feedback.kinds['safety'] ?? '')).toBeTruthy();
    expect(section.getByText('Statement 1 · A warning is missing · Near miss')).toBeTruthy();
    expect(section.getByText(readers.states.closed, { selector: 'p:first-child span' })).toBeTruthy();
    expect(section.getByText('A later edition was taken in.')).toBeTruthy();
    open({ record: { feedback: [] } });
    expect((await sectionOf(say.feedback.heading)).getByText(say.feedback.notListed)).toBeTruthy();
  });

  it('of erased words says that they are, and asks for no answer', async () => {
    const { server } = open({ record: { question: null } });
    expect(await screen.findByText(say.erased)).toBeTruthy();
    expect(await screen.findByRole('list', { name: say.entries.list })).toBeTruthy();
    expect(screen.queryByRole('heading', { name: say.proof.heading })).toBeNull();
    expect(server.asked).not.toContain(`GET /v1/answers/${id}`);
  });

  it('of what is in work, and of what was never given, says so', async () => {
    const { server } = open({ record: { status: null, mode: null } });
    expect(await screen.findByText(say.inWork)).toBeTruthy();
    server.replies[`GET ${ONE}`] = () => json({ ...record, status: 'timeout', mode: null });
    await press(say.again);
    expect(await screen.findByText(say.notGiven)).toBeTruthy();
    expect(server.asked).not.toContain(`GET /v1/answers/${id}`);
  });

  it('of no answer, says that there is none', async () => {
    open({ more: { [`GET ${ONE}`]: () => refusal(404, 'unknown_answer', 'there is no answer of that id') } });
    expect(await screen.findByText(say.unknown)).toBeTruthy();
    open({ more: { [`GET ${ONE}`]: () => refusal(403, 'not_allowed', 'this is for auditors') } });
    expect(await screen.findByText(problem.notAllowed)).toBeTruthy();
  });

  it('is read once, as each reading is on record', async () => {
    const { server } = open();
    await screen.findByRole('list', { name: say.answer.statements });
    for (const path of [ONE, `/v1/answers/${id}`]) expect(server.asked.filter((one) => one === `GET ${path}`)).toHaveLength(1);
    expect(server.asked).not.toContain(`GET /v1/answers/${id}/receipt`);
  });

  it('shows hostile words as nothing but text', async () => {
    const hostile = '<img src=x onerror=alert(1)> [x](javascript:alert(2))';
    const [one] = answer.evidence;
    const document = one && { ...one.document, title: hostile, issuer: hostile, url: 'javascript:alert(3)' };
    const evidence = one && document ? [{ ...one, document, section: [hostile] }] : [];
    const { container } = open({ record: { question: hostile, actor: hostile, model: hostile }, answer: { question: hostile, reason: hostile, banner: hostile, evidence } });
    await screen.findByRole('list', { name: say.answer.statements });
    expect(container.querySelector('main img')).toBeNull();
    for (const link of container.querySelectorAll('a')) expect(link.getAttribute('href')).toMatch(/^(\/|#)/);
  });
});

const outcomes = async () => {
  const list = within(await screen.findByRole('list', { name: say.proof.checks }));
  return Object.fromEntries(
    list.getAllByRole('listitem').map((one) => {
      const title = one.querySelector('strong')?.textContent ?? '';
      return [title, one.textContent.slice(0, one.textContent.indexOf(title))];
    }),
  );
};
const titles = proof.checks;

describe('the proof', () => {
  it('holds together with the key that came along, and proves nothing of whose log it is', async () => {
    open();
    await press(say.proof.take);
    expect(await screen.findByText(say.proof.verdicts.consistent.title)).toBeTruthy();
    expect(await outcomes()).toEqual(Object.fromEntries(Object.values(titles).map((title) => [title, say.proof.outcomes.holds])));
    const section = await sectionOf(say.proof.heading);
    expect(section.getByText(say.request.no)).toBeTruthy();
    expect(section.getByText(new RegExp(`^osler audit verify osler-receipt-${id}\\.json --key`))).toBeTruthy();
  });

  it('is one with a key that was compared, and stays one after a reload', async () => {
    open();
    await press(say.proof.take);
    await press(say.proof.believe);
    expect(await screen.findByText(say.proof.verdicts.proved.title)).toBeTruthy();
    expect(localStorage.getItem('osler.log-keys')).toBe(key);
    open();
    await press(say.proof.take);
    expect(await screen.findByText(say.proof.verdicts.proved.title)).toBeTruthy();
    expect(screen.getByText(say.proof.believed)).toBeTruthy();
  });

  it('fails with the key of another log, which is entered in a field', async () => {
    const other = await newSigner('osler.log/other');
    open();
    const section = await sectionOf(say.proof.heading);
    const field = section.getByRole('textbox', { name: new RegExp(`^${say.believed.label}`) });
    await userEvent.type(field, `${other.key.slice(0, -5)}AAAA=`);
    await userEvent.click(section.getByRole('button', { name: say.believed.save }));
    expect(await section.findByText(new RegExp(`^Line 1: `))).toBeTruthy();
    expect(localStorage.getItem('osler.log-keys')).toBeNull();
    await userEvent.clear(field);
    await userEvent.type(field, `${other.key}\n`);
    await userEvent.click(section.getByRole('button', { name: say.believed.save }));
    expect(await section.findByText(say.believed.saved)).toBeTruthy();
    await press(say.proof.take);
    expect(await screen.findByText(say.proof.verdicts.fails.title)).toBeTruthy();
    expect(await outcomes()).toMatchObject({ [titles.keys]: say.proof.outcomes.fails, [titles.signatures]: say.proof.outcomes.open });
  });

  it('fails when the page shows another answer than the receipt proves', async () => {
    open({ answer: { reason: 'another reason' } });
    await press(say.proof.take);
    const notice = (await screen.findByText(say.proof.verdicts.fails.title)).closest('[role=alert]');
    expect(notice).not.toBeNull();
    expect(await outcomes()).toMatchObject({ [titles.shown]: say.proof.outcomes.fails, [titles.quotes]: say.proof.outcomes.holds });
    expect(screen.getByText(proof.reasons.shownAnswer)).toBeTruthy();
  });

  it('is saved byte for byte as it came', async () => {
    const bytes = JSON.stringify(receipt, null, 1);
    const { server } = open({ more: { [`GET /v1/answers/${id}/receipt`]: () => new Response(bytes) } });
    await press(say.proof.take);
    await press(say.proof.save);
    const [name, blob] = vi.mocked(saveBlob).mock.lastCall ?? [];
    expect(name).toBe(`osler-receipt-${id}.json`);
    expect(blob?.size).toBe(new TextEncoder().encode(bytes).length);
    expect(server.asked.filter((one) => one.endsWith('/receipt'))).toHaveLength(1);
  });

  it('says so on a page that did not come over https', async () => {
    open();
    await screen.findByRole('list', { name: say.answer.statements });
    vi.stubGlobal('crypto', { ...crypto, subtle: undefined });
    try {
      await press(say.proof.take);
      expect(await screen.findByText(say.proof.verdicts.unable.title)).toBeTruthy();
      expect(screen.queryByRole('list', { name: say.proof.checks })).toBeNull();
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it('says so when the receipt cannot be taken', async () => {
    open({ more: { [`GET /v1/answers/${id}/receipt`]: () => refusal(503, 'audit_unavailable', 'the log is away') } });
    await press(say.proof.take);
    expect(await screen.findByText(say.proof.failed)).toBeTruthy();
  });
});

describe('the entries', () => {
  it('are held against the log as it is now', async () => {
    const state = { origin: 'osler.log/test', keys: [key], size: 1, checkpoint: '', witnesses: [], is_well: true, kept_days: 1 };
    const checkpoint = receipt.given.proof.slice(receipt.given.proof.indexOf('\n\n') + 2);
    const size = Number(checkpoint.split('\n')[1]);
    open({
      more: {
        'GET /log/checkpoint': () => new Response(checkpoint),
        'GET /v1/audit/state': () => json(state),
        [`GET /log/tile/0/000.p/${size}`]: () => new Response(new Uint8Array(size * 32)),
      },
    });
    await press(say.entries.check);
    expect(await screen.findByText(say.entries.fails)).toBeTruthy();
    expect(screen.getByText(proof.reasons.notInLog(askedAt))).toBeTruthy();
  });
});

describe('asking again', () => {
  it('that gives the same says so', async () => {
    open({ more: { [`POST ${ONE}/replay`]: () => json(replay) } });
    await press(say.replay.ask);
    expect(await screen.findByText(say.replay.same)).toBeTruthy();
    expect(within(screen.getByRole('list', { name: say.replay.evidence })).getAllByRole('listitem')).toHaveLength(1);
  });

  it('that gives something else shows both, what moved, and why', async () => {
    const [one, two, three] = ['a', 'b', 'c'].map((name) => ({ id: name, text: `Passage ${name}`, verdict: null }));
    const evidence = [{ before: one, after: two, same: false }, { before: two, after: one, same: false }, { before: three, after: null, same: false }];
    const statements = [{ before: { id: 'a 1-2', text: 'Said', verdict: 'supported' }, after: { id: 'a 1-2', text: 'Said', verdict: 'partial' }, same: false }];
    const other = { ...replay, same: false, same_evidence: false, same_statements: false, reasons: ['another model writes now'], evidence, statements };
    open({ more: { [`POST ${ONE}/replay`]: () => json(other) } });
    await press(say.replay.ask);
    expect(await screen.findByText(say.replay.differs)).toBeTruthy();
    expect(screen.getByText('Another model writes now.')).toBeTruthy();
    const places = within(screen.getByRole('list', { name: say.replay.evidence })).getAllByRole('listitem');
    expect(places.map((place) => place.textContent)).toEqual([
      expect.stringMatching(/Place 1differsThenPassage aaNow in place 2NowPassage bbThen in place 2/),
      expect.stringMatching(/Place 2differsThenPassage bbNow in place 1NowPassage aaThen in place 1/),
      expect.stringMatching(/Place 3differsThenPassage ccNot there any moreNowNothing in this place/),
    ]);
    const [said] = within(screen.getByRole('list', { name: say.replay.statements })).getAllByRole('listitem');
    expect(said?.textContent).toContain(literature.verdicts.partial.word);
  });

  it('that fails says so, and can be done again', async () => {
    let isBusy = true;
    open({ more: { [`POST ${ONE}/replay`]: () => (isBusy ? refusal(503, 'busy', 'as many questions as we can take are in work') : json(replay)) } });
    await press(say.replay.ask);
    expect(await screen.findByText(say.replay.failed)).toBeTruthy();
    isBusy = false;
    await press(say.replay.ask);
    expect(await screen.findByText(say.replay.same)).toBeTruthy();
  });
});

const gone = () => new Response(null, { status: 204 });

describe('keeping its words', () => {
  it('by a hold that has a reason, and is lifted after asking', async () => {
    let body: unknown;
    const { server } = open({
      more: {
        [`PUT ${ONE}/hold`]: (sent) => {
          body = sent;
          server.replies[`GET ${ONE}`] = () => json({ ...record, held: true });
          return gone();
        },
        [`DELETE ${ONE}/hold`]: () => {
          server.replies[`GET ${ONE}`] = () => json(record);
          return gone();
        },
      },
    });
    await press(say.keeping.hold);
    const dialog = within(await screen.findByRole('dialog'));
    await userEvent.click(dialog.getByRole('button', { name: say.keeping.hold }));
    expect(dialog.getByText(say.keeping.noReason)).toBeTruthy();
    await userEvent.type(dialog.getByRole('textbox'), 'claim 2026-17');
    await userEvent.click(dialog.getByRole('button', { name: say.keeping.hold }));
    expect(await screen.findByText(say.heldNotice)).toBeTruthy();
    expect(body).toEqual({ reason: 'claim 2026-17' });
    await press(say.keeping.lift);
    await userEvent.click(within(await screen.findByRole('alertdialog')).getByRole('button', { name: say.keeping.lift }));
    await waitFor(() => expect(screen.queryByText(say.heldNotice)).toBeNull());
    expect(server.asked.filter((one) => one.endsWith('/hold'))).toEqual([`PUT ${ONE}/hold`, `DELETE ${ONE}/hold`]);
  });

  it('may be ended only by administrators', async () => {
    open();
    await sectionOf(say.keeping.heading);
    expect(screen.queryByRole('button', { name: say.keeping.erase })).toBeNull();
    open({ session: both, record: { held: true } });
    expect(await screen.findByText(say.keeping.eraseHeld)).toBeTruthy();
    expect(screen.queryByRole('button', { name: say.keeping.erase })).toBeNull();
  });

  it('ends after asking, and then nothing of them is left on the page', async () => {
    let isKept = true;
    const { server, services } = open({
      session: both,
      more: {
        [`DELETE ${ONE}/words`]: () => {
          if (isKept) return refusal(409, 'kept', 'they must be kept until 2032-11-22');
          server.replies[`GET ${ONE}`] = () => json({ ...record, question: null });
          return gone();
        },
      },
    });
    await press(say.keeping.erase);
    const dialog = within(await screen.findByRole('alertdialog'));
    await userEvent.click(dialog.getByRole('button', { name: say.keeping.erase }));
    expect(await dialog.findByText(/They must be kept until/)).toBeTruthy();
    isKept = false;
    await userEvent.click(dialog.getByRole('button', { name: say.keeping.erase }));
    expect(await screen.findByText(say.erased)).toBeTruthy();
    await waitFor(() => expect(document.body.textContent).not.toContain(record.question));
    expect(services.queries.getQueryData(['answer', id])).toBeUndefined();
    expect(screen.getByText(say.keeping.eraseDone)).toBeTruthy();
  });

  it('is done, and to be done again, while another program keeps what was erased', async () => {
    let isRead = true;
    const { server, services } = open({
      session: both,
      more: {
        [`DELETE ${ONE}/words`]: () => {
          server.replies[`GET ${ONE}`] = () => json({ ...record, question: null });
          return isRead ? refusal(503, 'still_read', 'the words are destroyed, but another program reads them') : gone();
        },
      },
    });
    const erase = async () => {
      await press(say.keeping.erase);
      const dialog = within(await screen.findByRole('alertdialog'));
      await userEvent.click(dialog.getByRole('button', { name: say.keeping.erase }));
    };
    await erase();
    expect(await screen.findByText(say.keeping.eraseStill)).toBeTruthy();
    expect(await screen.findByText(say.erased)).toBeTruthy();
    await waitFor(() => expect(document.body.textContent).not.toContain(record.question));
    expect(services.queries.getQueryData(['answer', id])).toBeUndefined();
    expect(screen.queryByText(say.keeping.eraseFailed)).toBeNull();
    isRead = false;
    await erase();
    expect(await screen.findByText(say.keeping.eraseDone)).toBeTruthy();
    expect(screen.queryByText(say.keeping.eraseStill)).toBeNull();
  });
});

it('the page has no barriers that a checker finds', async () => {
  open({ session: both, more: { [`POST ${ONE}/replay`]: () => json({ ...replay, same: false, reasons: ['x'] }) } });
  await press(say.proof.take);
  await outcomes();
  await press(say.replay.ask);
  await screen.findByText(say.replay.differs);
  const { violations } = await axe.run(document.body);
  expect(violations.map(({ id: rule, nodes }) => [rule, nodes[0]?.html])).toEqual([]);
});
