// What was asked is opened in words: also to what it was narrowed.
import { render, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { record } from '../../strings/record';
import { renderPage } from '../../testing/render';
import type { Request } from '../proof/receipt';
import { OpenedRequest } from './OpenedRequest';

const say = record.request;

function narrowedTo(filters: Request['filters']): string | null | undefined {
  const { container, unmount } = render(<OpenedRequest request={{ question: 'q', history: [], filters, as_of: 3 }} />);
  expect(screen.getByText('3')).toBeTruthy();
  const term = [...container.querySelectorAll('dt')].find((one) => one.textContent === say.filters);
  const said = term?.nextElementSibling?.textContent;
  unmount();
  return said;
}

it('says what narrowed it, and when nothing did', () => {
  const none = { corpora: [], kinds: [], from_year: null, full_text_only: false };
  expect(narrowedTo({ ...none, kinds: ['trial'], from_year: 2018, full_text_only: true, depth: 2 })).toBe(
    'kinds: Trial; published in 2018 or later; whole texts; depth: 2',
  );
  expect(narrowedTo(none)).toBe(say.notNarrowed);
  expect(narrowedTo(undefined)).toBe(say.notNarrowed);
});

it('leads to the record that has the words of an earlier question, and shows them where they were kept here', async () => {
  const history = [{ question: 'Is metformin safe?', passages: [] }, { answer: 'a1', passages: [] }];
  await renderPage(<OpenedRequest request={{ question: 'And in children?', history }} />);
  expect(screen.getByText('Is metformin safe?')).toBeTruthy();
  expect(screen.getByRole('link', { name: say.earlier('a1') }).getAttribute('href')).toBe('/audit/answers/a1');
});
