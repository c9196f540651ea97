// Why a passage stands where it stands, as auditors read it.
import { screen, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { record } from '../../strings/record';
import { renderPage } from '../../testing/render';
import { evidence } from '../../testing/sample';
import { Passages } from './Passages';

const say = record.evidence;

it('a passage that was brought along says so, and no other', async () => {
  const carried = { ...evidence, id: 'E2', scores: { fused: 0, carried: true } };
  await renderPage(<Passages label="Passages" passages={[evidence, carried]} answer="a-1" />);
  const [found, brought] = within(screen.getByRole('list', { name: 'Passages' })).getAllByRole('listitem');
  expect(brought?.textContent).toContain(`${say.carried}${say.carriedBy}`);
  expect(found?.textContent).not.toContain(say.carried);
});

it('what a sentence and another passage of the document add is there where it is known', async () => {
  const both = { ...evidence, id: 'E2', scores: { fused: 0.5, sentence: -0.0123, document: 0.0311 } };
  await renderPage(<Passages label="Passages" passages={[{ ...evidence, scores: { fused: 0.5 } }, both]} answer="a-1" />);
  const [neither, known] = within(screen.getByRole('list', { name: 'Passages' })).getAllByRole('listitem');
  expect(known?.textContent).toContain(`${say.sentence}-0.0123`);
  expect(known?.textContent).toContain(`${say.document}0.0311`);
  expect(neither?.textContent).not.toContain(say.sentence);
});
