// A very long list has no more than a page of itself in the document.
import { render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { parts as words } from '../strings';
import { LongList } from './LongList';

const itself = (one: string) => one;
const open = (items: string[]) =>
  render(
    <LongList label="Names" items={items} keyOf={itself} textOf={itself}>
      {itself}
    </LongList>,
  );
const shown = () => within(screen.getByRole('list', { name: 'Names' })).getAllByRole('listitem').map((one) => one.textContent);

it('a short one is a list and nothing else', () => {
  open(['a', 'b']);
  expect(shown()).toEqual(['a', 'b']);
  expect(screen.queryByRole('button')).toBeNull();
  expect(screen.queryByRole('searchbox')).toBeNull();
});

it('a very long one is gone through page by page, and searched as a whole', async () => {
  Element.prototype.scrollIntoView = () => undefined;
  open(Array.from({ length: 100_000 }, (_, at) => `Name ${at}`));
  expect(shown()).toHaveLength(100);
  expect(screen.getByRole('status').textContent).toBe('1 to 100 of 100,000');
  await userEvent.click(screen.getByRole('button', { name: words.pages.next }));
  expect(shown()[0]).toBe('Name 100');
  expect(document.activeElement).toBe(screen.getByRole('list', { name: 'Names' }));
  await userEvent.type(screen.getByRole('searchbox', { name: words.pages.find }), 'name 9999');
  expect(shown()).toEqual(['Name 9999', ...Array.from({ length: 10 }, (_, at) => `Name 9999${at}`)]);
  expect(screen.getByRole('status').textContent).toBe('1 to 11 of 11');
  await userEvent.type(screen.getByRole('searchbox'), 'x');
  expect(screen.getByRole('status').textContent).toBe(words.pages.none);
});
