// Rating and settling at the desk, against a server in memory that tells what it may.
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { reader } from '../../strings';
import { reviews as say } from '../../strings/reviews';
import { openPages } from '../../testing/pages';
import { refusal, signedIn } from '../../testing/session';
import { ADA, BEN, changed, given, lines, OTHERS, OURS, ratedLines, serveReview, settledLines } from './sample';

const clinician = (name: string) => signedIn(name);
const auditor = (name: string) => signedIn(name, { roles: ['auditor'] });
const item = (n: number) => screen.findByRole('heading', { name: say.desk.item(n, 4), level: 3 });
const choices = () => screen.findByRole('radiogroup');
const chosen = async () =>
  within(await choices())
    .getAllByRole<HTMLInputElement>('radio')
    .filter(({ checked }) => checked)
    .map(({ value }) => value);
const comment = () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: new RegExp(`^${say.form.comment}`) });

async function barriers(container: HTMLElement) {
  const { violations } = await axe.run(container);
  return violations.map(({ id }) => id);
}

beforeEach(() => {
  sessionStorage.clear();
  vi.spyOn(globalThis, 'scrollTo').mockImplementation(() => undefined);
});

describe('a reviewer', () => {
  it('sees neither our verdict nor the other’s rating before having rated', async () => {
    const rated = lines().map((line) => ({ ...line, second: given(BEN, 'contradicted', OTHERS) }));
    const { server } = serveReview(clinician('ada'), { lines: rated });
    const { container } = openPages('/audit/reviews/r-1');
    await item(1);
    expect(await chosen()).toEqual([]);
    const words = within(await choices()).getAllByRole('radio').length;
    expect(words).toBe(5);
    const told = container.textContent.replace(say.ratings.contradicted.word, '');
    expect(told).not.toContain(OTHERS);
    expect(told).not.toContain(say.ratings.contradicted.word);
    expect(container.innerHTML).not.toContain(say.said.ours);
    expect(server.asked.filter((one) => one.includes('/v1/answers') || one.endsWith('/export'))).toEqual([]);
    for (const link of screen.getAllByRole('link')) expect(link.getAttribute('href')).not.toMatch(/a-1|a-2|cite/);
  });

  it('does not see our verdict even if it is told too early', async () => {
    serveReview(clinician('ada'), { leaks: true });
    const { container } = openPages('/audit/reviews/r-1?item=2');
    await choices();
    expect(container.textContent).not.toContain(say.said.ours);
    expect(container.textContent).not.toContain(say.said.title);
    expect(await chosen()).toEqual([]);
  });

  it('rates three in a row by the keyboard alone, and is told what was saved', async () => {
    const { sent } = serveReview(clinician('ada'));
    const { pages } = openPages('/audit/reviews/r-1');
    const user = userEvent.setup();
    await choices();
    await user.keyboard('1');
    expect(await chosen()).toEqual(['supported']);
    await user.keyboard('3{Enter}');
    await waitFor(async () => expect(document.activeElement).toBe(await item(2)));
    expect(pages.state.location.href).toBe('/audit/reviews/r-1?item=2');
    const said = () => screen.getAllByRole('status').map((one) => one.textContent);
    expect(said()).toContain(say.form.saved(1, say.ratings.unsupported.word, say.form.leftN(3)));

    await choices();
    await user.keyboard('5');
    await user.click(comment());
    await user.keyboard('2 of 3 doses{Shift>}{Enter}{/Shift}are named{Enter}');
    await waitFor(async () => expect(document.activeElement).toBe(await item(3)));
    await choices();
    await user.keyboard('2{Enter}');
    await waitFor(async () => expect(document.activeElement).toBe(await item(4)));
    expect(sent).toEqual([
      { rating: 'unsupported', comment: null },
      { rating: 'cannot_tell', comment: '2 of 3 doses\nare named' },
      { rating: 'partial', comment: null },
    ]);
    expect(pages.state.location.href).toBe('/audit/reviews/r-1?item=4');
    expect(said()).toContain(say.form.saved(3, say.ratings.partial.word, say.form.leftN(1)));
  });

  it('is asked of an abstention whether it was right, with the ratings that this can have', async () => {
    const { sent } = serveReview(clinician('ada'));
    const { pages } = openPages('/audit/reviews/r-1?item=4');
    const user = userEvent.setup();
    const group = await screen.findByRole('radiogroup', { name: new RegExp(`^${say.form.abstention.replace('?', '\\?')}`) });
    // How it ended is Osler's own view of it.
    expect(screen.getByText(say.desk.unanswered)).toBeTruthy();
    expect(within(group).getAllByRole<HTMLInputElement>('radio').map(({ value }) => value)).toEqual([
      'supported',
      'unsupported',
      'cannot_tell',
    ]);
    await user.keyboard('4{Enter}');
    expect(await screen.findByText(say.form.errors.rating)).toBeTruthy();
    await user.keyboard('3{Enter}');
    await item(1);
    expect(sent).toEqual([{ rating: 'unsupported', comment: null }]);
    await pages.navigate({ to: '/audit/reviews/$id', params: { id: 'r-1' }, search: { item: '4' } });
    expect(await screen.findByText(say.desk.noEvidence)).toBeTruthy();
  });

  it('is told what was said while a part of the search was away, which is no word on the literature', async () => {
    const half = lines().map((line) => (line.statement === 0 ? { ...line, ours: 'inconclusive', first: given(ADA, 'supported') } : line));
    serveReview(clinician('ada'), { lines: half });
    openPages('/audit/reviews/r-1?item=4');
    expect(await screen.findByText(say.desk.inconclusive)).toBeTruthy();
    expect(screen.queryByText(say.desk.noEvidence)).toBeNull();
  });

  it('can say something later, which is kept beside the rating as a remark', async () => {
    const { sample } = serveReview(clinician('ada'), {
      lines: lines().map((line, at) => (at === 0 ? { ...line, first: given(ADA, 'supported', 'at first') } : line)),
    });
    const { pages } = openPages('/audit/reviews/r-1?item=1');
    const user = userEvent.setup();
    expect(await chosen()).toEqual(['supported']);
    await user.click(within(await choices()).getByRole('radio', { name: new RegExp(`^${say.ratings.partial.word}`) }));
    await user.click(screen.getByRole('button', { name: say.form.save }));
    expect(await screen.findByText(say.form.saved(1, say.ratings.partial.word, say.form.leftN(3)))).toBeTruthy();
    expect(sample.lines[0]?.first).toMatchObject({ rating: 'supported', later: { rating: 'partial', comment: 'at first' } });
    await pages.navigate({ to: '/audit/reviews/$id', params: { id: 'r-1' }, search: { item: '1' } });
    const said = await screen.findByRole('region', { name: say.said.title });
    expect(within(said).getByText(say.said.later(2))).toBeTruthy();
    const held = within(said).getAllByText(/upported$/).map(({ textContent }) => textContent);
    expect(held.slice(0, 2)).toEqual([say.ratings.supported.word, say.ratings.partial.word]);
    expect(await chosen()).toEqual(['partial']);
  });

  it('must choose before saving, and cannot save twice', async () => {
    const { server } = serveReview(clinician('ada'));
    const path = 'PUT /v1/reviews/r-1/items/1/rating';
    const { [path]: save } = server.replies;
    let release: () => void = () => undefined;
    const isFree = new Promise<void>((resolve) => (release = resolve));
    server.replies[path] = async (body, url) => {
      await isFree;
      return save?.(body, url) ?? refusal(404, 'not_found', 'not found');
    };
    openPages('/audit/reviews/r-1');
    const user = userEvent.setup();
    const group = await choices();
    await user.keyboard('{Enter}');
    expect(await screen.findByText(say.form.errors.rating)).toBeTruthy();
    expect(group.contains(document.activeElement)).toBe(true);
    expect(server.asked).not.toContain(path);
    await user.keyboard('1{Enter}{Enter}');
    await user.click(await screen.findByRole('button', { name: say.form.saving }));
    release();
    await item(2);
    expect(server.asked.filter((one) => one === path)).toHaveLength(1);
  });

  it('can turn the keys off', async () => {
    serveReview(clinician('ada'));
    openPages('/audit/reviews/r-1');
    const user = userEvent.setup();
    await choices();
    await user.click(screen.getByRole('checkbox', { name: say.form.keys }));
    await user.keyboard('1');
    expect(await chosen()).toEqual([]);
    await user.click(screen.getByRole('checkbox', { name: say.form.keys }));
    await user.keyboard('1');
    expect(await chosen()).toEqual(['supported']);
  });

  it('keeps what was written when it is refused, and is shown how it stands when asked for', async () => {
    const { sample } = serveReview(clinician('ada'), {
      lines: lines().map((line, at) => (at === 0 ? { ...line, first: given(ADA, 'supported', 'at first') } : line)),
    });
    openPages('/audit/reviews/r-1?item=1');
    const user = userEvent.setup();
    expect(await chosen()).toEqual(['supported']);
    expect(comment().value).toBe('at first');
    expect(screen.getByText(say.form.change)).toBeTruthy();
    const [line] = sample.lines;
    if (line) line.second = given(BEN, 'partial', OTHERS);
    await user.click(within(await choices()).getByRole('radio', { name: new RegExp(`^${say.ratings.partial.word}`) }));
    await user.type(comment(), ', and now');
    await user.click(screen.getByRole('button', { name: say.form.save }));
    const alert = (await screen.findByText(say.form.failed)).closest('[role=alert]');
    expect(alert?.textContent).toContain('Item 1 is decided.');
    expect(comment().value).toBe('at first, and now');
    expect(await chosen()).toEqual(['partial']);
    expect(screen.queryByText(OTHERS)).toBeNull();
    await user.click(screen.getByRole('button', { name: say.form.again }));
    expect(await screen.findByText(OTHERS)).toBeTruthy();
    expect(screen.getByText(say.said.stands)).toBeTruthy();
    expect(screen.queryByRole('radiogroup')).toBeNull();
  });

  it('is told at the comment what is wrong with it', async () => {
    const more = { 'PUT /v1/reviews/r-1/items/1/rating': () => refusal(422, 'bad_field', 'the comment is longer than 2000 characters') };
    serveReview(clinician('ada'), {}, more);
    openPages('/audit/reviews/r-1');
    const user = userEvent.setup();
    await choices();
    await user.keyboard('1');
    await user.type(comment(), 'much{Enter}');
    const error = await screen.findByText('The comment is longer than 2000 characters.');
    expect(comment().getAttribute('aria-describedby')?.split(' ')).toContain(error.closest('[id]')?.id);
    expect(comment().value).toBe('much');
    expect(document.activeElement).toBe(comment());
  });

  it('finds what was written and not saved when coming back', async () => {
    serveReview(clinician('ada'));
    openPages('/audit/reviews/r-1');
    const user = userEvent.setup();
    await choices();
    await user.type(comment(), 'half a com');
    await user.click(screen.getByRole('link', { name: say.desk.next }));
    await item(2);
    await waitFor(() => expect(comment().value).toBe(''));
    await user.click(screen.getByRole('link', { name: say.desk.previous }));
    await item(1);
    await waitFor(() => expect(comment().value).toBe('half a com'));
  });

  it('jumps to those that wait', async () => {
    const some = lines().map((line, at) => (at === 1 ? { ...line, first: given(ADA, 'supported') } : line));
    serveReview(clinician('ada'), { lines: some });
    const { pages } = openPages('/audit/reviews/r-1');
    const user = userEvent.setup();
    await item(1);
    await user.click(await screen.findByRole('link', { name: say.desk.nextOpen }));
    expect(await item(3)).toBeTruthy();
    await user.click(screen.getByRole('button', { name: say.desk.openOnes('3') }));
    const links = screen.getAllByRole('link', { name: /^Item \d$/ });
    expect(links.map(({ textContent }) => textContent)).toEqual(['1', '3', '4']);
    await user.click(screen.getByRole('link', { name: say.desk.openItem(4) }));
    await waitFor(() => expect(pages.state.location.href).toBe('/audit/reviews/r-1?item=4'));
  });

  it('sees the quote marked where it stands, and is told where it does not', async () => {
    serveReview(clinician('ada'));
    const { container } = openPages('/audit/reviews/r-1?item=2');
    await choices();
    const mark = container.querySelector('mark');
    expect(mark?.textContent).toBe(`${reader.quoteBegins}Do not start below an eGFR of 30.${reader.quoteEnds}`);
    const link = screen.getByRole('link', { name: /Open the document at this place/ });
    expect(link.getAttribute('href')).toBe('/documents/d-1?version=2&start=19&end=52');
    await userEvent.click(screen.getByRole('link', { name: say.desk.next }));
    expect(await screen.findByText(say.desk.absentTitle)).toBeTruthy();
    expect(container.querySelector('mark')).toBeNull();
    expect(screen.getByText('Words that are not there')).toBeTruthy();
  });

  it('that has rated everything is told so, and can look and change', async () => {
    const some = lines().map((line, at) => (at < 3 ? { ...line, first: given(ADA, 'supported') } : line));
    serveReview(clinician('ada'), { lines: some });
    const { container } = openPages('/audit/reviews/r-1');
    const user = userEvent.setup();
    await item(4);
    await choices();
    await user.keyboard('1{Enter}');
    const done = await screen.findByText(say.done.rated);
    await waitFor(() => expect(document.activeElement?.contains(done)).toBe(true));
    expect(screen.getByText(say.form.saved(4, 'It was right not to answer', say.form.left0))).toBeTruthy();
    expect(await barriers(container)).toEqual([]);
    await user.click(screen.getByRole('link', { name: say.one.look }));
    expect(await screen.findByText(say.form.change)).toBeTruthy();
    // After rating, the server tells what Osler held.
    expect(screen.getByText(say.said.ours)).toBeTruthy();
  });

  it('has no barriers that a checker finds', async () => {
    serveReview(clinician('ada'));
    const { container } = openPages('/audit/reviews/r-1?item=3');
    await choices();
    await userEvent.click(screen.getByRole('button', { name: say.form.save }));
    await screen.findByText(say.form.errors.rating);
    expect(await barriers(container)).toEqual([]);
  });
});

describe('who settles differences', () => {
  it('sees both ratings and comments of those that differ, and decides with a reason', async () => {
    const { sent } = serveReview(clinician('cleo'), { lines: ratedLines(), adjudicator: 'id-cleo' });
    const { container } = openPages('/audit/reviews/r-1');
    const user = userEvent.setup();
    await item(2);
    const said = await screen.findByRole('region', { name: say.said.title });
    expect(within(said).getByText('The dose is there.')).toBeTruthy();
    expect(within(said).getByText(OTHERS)).toBeTruthy();
    expect(within(said).queryByText(say.said.ours)).toBeNull();
    expect(await barriers(container)).toEqual([]);
    await user.keyboard('2{Enter}');
    const reason = screen.getByRole('textbox', { name: new RegExp(`^${say.form.reason}`) });
    expect(await screen.findByText(say.form.errors.reason)).toBeTruthy();
    expect(document.activeElement).toBe(reason);
    await user.type(reason, 'The dose is missing.{Enter}');
    expect(await screen.findByRole('heading', { name: say.results.title })).toBeTruthy();
    expect(sent).toEqual([{ rating: 'partial', reason: 'The dose is missing.' }]);
    expect(screen.getByText(say.form.saved(2, say.ratings.partial.word, say.form.left0))).toBeTruthy();
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('heading', { level: 1 })));
  });

  it('is asked of an item on which both began alike, when one of them changed a rating', async () => {
    const some = ratedLines().map((line, at) =>
      at === 0 ? { ...line, first: changed(given(ADA, 'supported'), 'contradicted', 'It says so.') } : line,
    );
    const { sent } = serveReview(clinician('cleo'), { lines: some, adjudicator: 'id-cleo' });
    openPages('/audit/reviews/r-1?item=1');
    const user = userEvent.setup();
    const said = await screen.findByRole('region', { name: say.said.title });
    expect(within(said).getByText('It says so.')).toBeTruthy();
    expect(within(said).getByText(say.said.later(2))).toBeTruthy();
    await choices();
    await user.keyboard('1');
    await user.type(screen.getByRole('textbox', { name: new RegExp(`^${say.form.reason}`) }), 'As at first.{Enter}');
    await item(2);
    expect(sent).toEqual([{ rating: 'supported', reason: 'As at first.' }]);
  });

  it('sees nothing while items are still being rated, even if it is told too early', async () => {
    const open = ratedLines().map((line, at) => (at === 3 ? lines()[3] ?? line : line));
    serveReview(auditor('dora'), { lines: open, leaks: true });
    const { container } = openPages('/audit/reviews/r-1?item=2');
    expect(await screen.findByText(say.said.hidden)).toBeTruthy();
    expect(container.textContent).not.toContain(OTHERS);
    expect(container.textContent).not.toContain(say.said.ours);
    expect(container.textContent).not.toContain(say.ratings[OURS].word);
    expect(container.textContent).not.toContain(say.one.differences(1));
    expect(screen.queryByRole('radiogroup')).toBeNull();
  });
});

describe('a reader of a settled review', () => {
  it('sees what was said of an item, by whom and what holds', async () => {
    serveReview(auditor('dora'), { lines: settledLines() });
    const { container } = openPages('/audit/reviews/r-1?item=2');
    const said = await screen.findByRole('region', { name: say.said.title });
    const terms = within(said).getAllByRole('term').map((one) => one.textContent);
    expect(terms).toEqual([say.reviewer(0), say.reviewer(1), say.said.ours, say.said.decided]);
    expect(within(said).getByText('The dose is missing.')).toBeTruthy();
    expect(screen.getByRole('link', { name: say.desk.record }).getAttribute('href')).toBe('/audit/answers/a-1');
    expect(await barriers(container)).toEqual([]);
  });

  it('is not led to an item by what is no number', async () => {
    serveReview(auditor('dora'), { lines: settledLines() });
    openPages('/audit/reviews/r-1?item=-1');
    expect(await screen.findByRole('link', { name: say.one.look })).toBeTruthy();
    expect(screen.queryByRole('heading', { name: say.desk.read })).toBeNull();
  });

  it('is told when there is no such item', async () => {
    const more = { 'GET /v1/reviews/r-1/items/9': () => refusal(404, 'unknown_item', 'the review has no item 9') };
    serveReview(auditor('dora'), { lines: settledLines() }, more);
    openPages('/audit/reviews/r-1?item=9');
    expect(await screen.findByText('The review has no item 9.')).toBeTruthy();
  });
});
