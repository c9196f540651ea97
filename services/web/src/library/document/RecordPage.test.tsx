// A document's record, as a librarian has it, against a server in memory.
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { DocumentView } from '../../api/types';
import { documentRecord as say } from '../../strings/documents';
import { library } from '../../strings/library';
import { queue } from '../../strings/queue';
import { act } from '../../strings/act';
import { openPages } from '../../testing/pages';
import { documentRef, documentView, evidence, quoteAt, text } from '../../testing/sample';
import { fakeServer, json, refusal, type Replies, signedIn } from '../../testing/session';
import type { LibraryDocument, LibraryPassage } from '../types';
import { ada, findingOf, recordOf, versionOf } from './sample';

const { id } = documentRef;
const RECORD = `GET /v1/library/documents/${id}`;
const HELD = `GET /v1/documents/${id}`;
const HOSTILE = '<script>alert(1)</script> \u202eDiabetes';

const librarian = signedIn('ada', { roles: ['librarian'] });
const passage = (change: Partial<LibraryPassage>): LibraryPassage => ({
  id: 'p-1', start: 0, end: quoteAt.end, section: ['When not to start'], page: 3, is_in_force: true, ...change,
});
const passages = [passage({}), passage({ id: 'p-2', start: quoteAt.end + 1, end: evidence.end, is_in_force: false, page: null })];
const earlier = text.replace('30', '45').replace('Stop it in sepsis.', 'Ask.');

const open = (search = '', record: Partial<LibraryDocument> = {}, more: Replies = {}, who = librarian) => {
  const server = fakeServer(who, {
    [RECORD]: () => json(recordOf(record)),
    [HELD]: (_, url) => {
      const version = Number(url.searchParams.get('version'));
      const view: DocumentView = { ...documentView, version };
      return json(version === 1 ? { ...view, text: earlier, blocks: [] } : { ...view, metadata: withPmcid });
    },
    [`GET /v1/library/documents/${id}/passages`]: () => json({ passages }),
    [`GET /v1/library/documents/${id}/original`]: () => new Response('# Metformin <b>raw</b>\nA line that was lost.'),
    ...more,
  });
  return { server, ...openPages(`/library/documents/${id}${search}`) };
};
const withPmcid = { ...documentView.metadata, identifiers: { pmcid: 'PMC77' } };
const tab = (name: string) => screen.findByRole('tab', { name: new RegExp(`^${name}`) });

beforeEach(() => {
  sessionStorage.clear();
  vi.spyOn(globalThis, 'scrollTo').mockImplementation(() => undefined);
});

describe('the head', () => {
  it('says what it is and what its standing means, in text that is never markup', async () => {
    open('', { versions: [versionOf({ title: HOSTILE, status: 'expression_of_concern' })], name: '<i>x</i>' });
    expect(await screen.findByRole('heading', { level: 1, name: HOSTILE })).toBeTruthy();
    expect(screen.getByText(library.meanings.expression_of_concern)).toBeTruthy();
    expect(screen.getByText('<i>x</i>')).toBeTruthy();
    expect(await screen.findByText('PMC77')).toBeTruthy();
    expect(document.querySelector('main script, main i')).toBeNull();
  });

  it('says that a version is not the newest, and that the review of the newest is overdue', async () => {
    const versions = [versionOf({ review_by: '2020' }), versionOf({ number: 1, status: 'superseded' })];
    open('?version=1', { versions });
    expect(await screen.findByText(say.head.older(2), { exact: false })).toBeTruthy();
    expect(screen.queryByText(say.head.overdue('2020'))).toBeNull();
    await userEvent.click(screen.getByRole('link', { name: say.head.toNewest }));
    expect(await screen.findByText(say.head.overdue('2020'))).toBeTruthy();
  });

  it('says that the address names a version that is not there', async () => {
    open('?version=9');
    expect(await screen.findByText(say.missingVersion('9', 2))).toBeTruthy();
  });

  it('offers nothing to those who only look', async () => {
    open('?view=findings', {}, {}, signedIn('eve', { roles: ['auditor'] }));
    await screen.findByText('Two pages without text.');
    expect(screen.queryByRole('button', { name: say.head.change })).toBeNull();
    expect(screen.queryByRole('button', { name: say.head.inspect })).toBeNull();
    expect(screen.queryByRole('button', { name: queue.outcomes.accepted.act })).toBeNull();
  });
});

describe('the versions', () => {
  it('are told with their dates, hashes, defects in words and snapshots', async () => {
    open('?version=2&view=history');
    const section = await screen.findByRole('region', { name: say.versions.title });
    const told = section.textContent;
    for (const words of [
      '12 Jun 2025', 'Feb 2016', 'since snapshot 4', documentRef.sha256, 'c'.repeat(64), 'markdown 3', '73\u00a0%',
      '2 pages have no text: most often a scanned image.', 'from_the_future: 4',
    ]) {
      expect(told).toContain(words);
    }
    const other = within(section).getByRole('link', { name: say.versions.name(1) });
    expect(other.getAttribute('href')).toBe(`/library/documents/${id}?version=1&view=history`);
    await userEvent.click(other);
    expect(await within(section).findByText('in snapshots 1 to 3')).toBeTruthy();
    expect(within(section).getByText(say.versions.unmeasured)).toBeTruthy();
  });
});

describe('the text', () => {
  it('shows its blocks and the bounds of its passages, beside the original', async () => {
    open();
    const shown = await screen.findByRole('region', { name: say.text.label(2) });
    expect(within(shown).getByRole('heading', { name: 'Metformin 💊' })).toBeTruthy();
    expect(within(shown).getByText('Passage 1, page 3, in force')).toBeTruthy();
    expect(within(shown).getByText('Passage 2, not in force')).toBeTruthy();
    expect(within(shown).getAllByText('List item')).toHaveLength(2);
    const original = await screen.findByRole('region', { name: say.original.label });
    expect(original.textContent).toBe('# Metformin <b>raw</b>\nA line that was lost.');
    const save = screen.getByRole('link', { name: say.original.save('2\u00a0kB') });
    expect(save.getAttribute('href')).toBe(`/v1/library/documents/${id}/original?version=2`);
    expect(save.hasAttribute('download')).toBe(true);
  });

  it('whose original is no text can be saved; one that was not kept is said to be so', async () => {
    const { server } = open('', { versions: [versionOf({ original: { bytes: 5_000_000, is_text: false, pages: null } })] });
    expect(await screen.findByRole('link', { name: say.original.save('5\u00a0MB') })).toBeTruthy();
    expect(screen.getByText(say.original.binary, { exact: false })).toBeTruthy();
    await screen.findByText('Passage 1, page 3, in force');
    expect(server.asked.filter((one) => one.endsWith('/original'))).toEqual([]);
    open('?version=1');
    expect(await screen.findByText(say.original.none)).toBeTruthy();
  });

  it('that the licence does not let be displayed leaves the rest as it is', async () => {
    const denied = () => refusal(403, 'not_displayable', 'the licence of X does not allow its documents to be displayed');
    open('', {}, { [HELD]: denied });
    expect(await screen.findByText(say.notDisplayable)).toBeTruthy();
    await userEvent.click(await tab(say.views.passages));
    expect(await screen.findByRole('table', { name: say.passages.label(2) })).toBeTruthy();
    await userEvent.click(await tab(say.views.differences));
    expect(await screen.findByText(say.notDisplayable)).toBeTruthy();
  });
});

describe('the views', () => {
  it('stand in the address, with the version', async () => {
    const { pages } = open('?version=1');
    await userEvent.click(await tab(say.views.history));
    await waitFor(() =>
      expect(pages.state.location.href).toBe(`/library/documents/${id}?version=1&view=history`),
    );
    const lines = within(screen.getByRole('tabpanel')).getAllByRole('listitem');
    expect(lines.map((one) => one.textContent)).toEqual([
      `Looked at by Ada Keeper, 1 Nov 2026, 09:00 UTCread against the printDecision 3: ${id} v2`,
      `Put under an expression of concern by Command line, 9 Nov 2026, 09:00 UTC${say.history.noReason}Decision 9: ${id} v1`,
    ]);
  });

  it('list the passages with their places', async () => {
    open('?view=passages');
    const table = await screen.findByRole('table', { name: say.passages.label(2) });
    const cells = within(table).getAllByRole('row').map((row) => [...row.children].map((cell) => cell.textContent));
    expect(cells[1]).toEqual(['1', 'When not to start', '3', `0 to ${quoteAt.end}`, 'yes', 'Read passage 1']);
    expect(cells[2]?.slice(2, 5)).toEqual(['–', `${quoteAt.end + 1} to ${evidence.end}`, 'no']);
  });

  it('list the answers that cited it, and lead to the recall', async () => {
    const listed = {
      n: 5, id: 'a-5', asked_at: '2026-11-22T10:00:00Z', actor: 'x', role: 'clinician', statements: 1, supported: 1, held: false,
    };
    const recall = () =>
      json({ document: id, answers: 12, people: 1, listed: [{ ...listed, status: 'answered', question: null }] });
    const { server } = open('?view=answers', {}, { 'GET /v1/audit/recall': recall });
    expect(await screen.findByRole('heading', { name: '12 answers cited it, read by 1 person.' })).toBeTruthy();
    expect(screen.getByRole('link', { name: say.cited.all }).getAttribute('href')).toBe(`/audit/recall?document=${id}`);
    expect(screen.getByText(say.cited.first(1, 12))).toBeTruthy();
    expect(screen.getByText('Answered')).toBeTruthy();
    expect(server.asked).toContain('GET /v1/audit/recall');
  });

  it('ask for the answers only when they are opened: each look is on record', async () => {
    const { server } = open();
    await screen.findByRole('region', { name: say.text.label(2) });
    expect(server.asked.filter((one) => one.includes('recall'))).toEqual([]);
  });
});

describe('the differences', () => {
  it('mark what changed with words, not with colour alone', async () => {
    const { pages } = open('?view=differences');
    expect(await screen.findByRole('heading', { name: say.differences.between(1, 2) })).toBeTruthy();
    const list = await screen.findByRole('list', { name: say.differences.list });
    const marks = [...list.querySelectorAll('ins, del')].map((one) => [one.tagName, one.textContent]);
    const { removed, inserted, end } = say.differences.spoken;
    expect(marks).toContainEqual(['DEL', `${removed}45${end}`]);
    expect(marks).toContainEqual(['INS', `${inserted}30${end}`]);
    expect(screen.getByRole<HTMLSelectElement>('combobox', { name: say.differences.against }).value).toBe('1');
    expect(pages.state.location.href).toContain('view=differences');
  });

  it('of texts that are the same are none', async () => {
    open('?view=differences', {}, { [HELD]: () => json(documentView) });
    expect(await screen.findByText(say.differences.same)).toBeTruthy();
  });

  it('fold long stretches that are the same, and show what was moved', async () => {
    const lines = Array.from({ length: 12 }, (_, at) => `Paragraph number ${at}.`);
    const [first = '', ...rest] = lines;
    const moved = [...rest, first, 'The end of it all.'];
    const view = (texts: string[]) => {
      let at = 0;
      const blocks = texts.map((one) => {
        const start = at;
        at += one.length + 1;
        return { kind: 'paragraph' as const, start, end: start + one.length, section: [] };
      });
      return { ...documentView, text: texts.join('\n'), blocks };
    };
    open('?view=differences', {}, {
      [HELD]: (_, url) => json(view(url.searchParams.get('version') === '1' ? [...lines, 'The end of it all.'] : moved)),
    });
    expect(await screen.findByText(say.differences.movedAway)).toBeTruthy();
    expect(screen.getByText(say.differences.movedHere)).toBeTruthy();
    expect(screen.getByText(say.differences.counts(0, 0, 1))).toBeTruthy();
    expect(screen.queryByText('Paragraph number 5.')).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: say.differences.folded(9) }));
    expect(screen.getByText('Paragraph number 5.')).toBeTruthy();
  });

  it('need another version', async () => {
    open('?view=differences', { versions: [versionOf()] });
    expect(await screen.findByText(say.differences.only)).toBeTruthy();
  });
});

describe('its findings', () => {
  it('are settled here, with a note', async () => {
    let finding = findingOf();
    const settled = { at: '2026-11-22T10:00:00Z', by: ada, outcome: 'accepted' as const, note: 'read against the print' };
    const sent: unknown[] = [];
    open('?view=findings', {}, {
      [RECORD]: () => json(recordOf({ findings: [finding] })),
      'POST /v1/library/findings/7/settlement': (body) => {
        sent.push(body);
        finding = findingOf({ settled });
        return json(finding);
      },
    });
    expect((await tab(say.views.findings)).textContent).toBe(`${say.views.findings}1`);
    await userEvent.click(await screen.findByRole('button', { name: queue.outcomes.accepted.act }));
    const dialog = await screen.findByRole('dialog');
    await userEvent.type(within(dialog).getByRole('textbox'), 'read against the print{Enter}');
    expect(await screen.findByText(say.findings.done)).toBeTruthy();
    expect(sent).toEqual([{ outcome: 'accepted', note: 'read against the print' }]);
    expect(await screen.findByText(say.findings.noneOpen)).toBeTruthy();
    expect(screen.getByRole('tabpanel').textContent).toContain('Accepted, by Ada Keeper');
  });
});

describe('an inspection', () => {
  it('goes on record with what was found', async () => {
    const sent: unknown[] = [];
    open('', {}, {
      [`POST /v1/library/documents/${id}/versions/2/inspection`]: (body) => {
        sent.push(body);
        return new Response(null, { status: 204 });
      },
    });
    await userEvent.click(await screen.findByRole('button', { name: say.head.inspect }));
    const dialog = await screen.findByRole('dialog');
    await userEvent.type(within(dialog).getByRole('textbox', { name: new RegExp(queue.settle.note) }), 'still right');
    await userEvent.click(within(dialog).getByRole('button', { name: queue.settle.lookedAct }));
    expect(await screen.findByText(say.head.inspected)).toBeTruthy();
    expect(sent).toEqual([{ note: 'still right', next: null }]);
    expect(screen.queryByRole('dialog')).toBeNull();
  });
});

describe('the page', () => {
  it('says that there is no such document', async () => {
    open('', {}, { [RECORD]: () => refusal(404, 'unknown_document', 'there is no such document') });
    expect((await screen.findByRole('alert')).textContent).toContain('There is no such document.');
    expect(screen.getByRole('button', { name: act.retry })).toBeTruthy();
  });

  it.each([
    ['text', 'Passage 1, page 3, in force'],
    ['differences', say.differences.counts(1, 4, 0)],
    ['passages', say.passages.shown(2, 2)],
    ['findings', 'Two pages without text.'],
    ['history', 'read against the print'],
    ['answers', say.cited.none],
  ])('has no barriers that a checker finds: %s', async (view, shown) => {
    const recall = () => json({ document: id, answers: 0, people: 0, listed: [] });
    const { container } = open(`?view=${view}`, {}, { 'GET /v1/audit/recall': recall });
    await screen.findByText(shown);
    const { violations } = await axe.run(container);
    expect(violations.map(({ id: name }) => name)).toEqual([]);
  });
});
