// A quote is marked only where it stands; everything else is said aloud.
import { screen } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { answerQuery, documentQuery } from '../api/keys';
import type { Answer, HeldDocument } from '../api/types';
import { literature, reader as words } from '../strings';
import { answerWith, documentView, quote, quoteAt } from '../testing/sample';
import { renderPage } from '../testing/render';
import { ReaderView } from './ReaderView';
import type { Opened } from './state';

const answer = answerWith();
const opened: Opened = {
  document: documentView.id,
  version: 2,
  ...quoteAt,
  cite: { answer: answer.id, part: { kind: 'citation', n: 1 } },
};

async function show(document: HeldDocument, place: Opened = opened, cited: Answer | null = answer) {
  vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('', { status: 404 }));
  const page = await renderPage(<ReaderView opened={place} />, ({ queries }) => {
    queries.setQueryData(documentQuery(place.document, place.version).queryKey, document);
    if (cited) queries.setQueryData(answerQuery(cited.id).queryKey, cited);
  });
  await screen.findByRole('region', { name: 'About this document' });
  return [...page.container.querySelectorAll('mark')].map((mark) =>
    [...mark.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.textContent).join(''),
  );
}

describe('ReaderView', () => {
  it('marks exactly the quoted words', async () => {
    expect(await show(documentView)).toEqual([quote]);
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('marks nothing and says so when the words are not there', async () => {
    const text = documentView.text.replace('eGFR of 30', 'eGFR of 45');
    expect(await show({ ...documentView, text })).toEqual([]);
    expect(screen.getByRole('alert').textContent).toContain('does not stand in this document');
    expect(screen.getByRole('alert').textContent).toContain(quote);
  });

  it('marks nothing and says so when the text is another than was cited', async () => {
    expect(await show({ ...documentView, sha256: 'c'.repeat(64) })).toEqual([]);
    expect(screen.getByRole('alert').textContent).toContain('not the text that was cited');
  });

  it('marks nothing and says so when the text does not have the checksum it came with', async () => {
    expect(await show({ ...documentView, digest: 'd'.repeat(64) })).toEqual([]);
    expect(screen.getByRole('alert').textContent).toContain('another SHA-256');
  });

  it('marks nothing and says so when the link and the answer disagree', async () => {
    expect(await show(documentView, { ...opened, start: 0, end: 9 })).toEqual([]);
    expect(screen.getByRole('alert').textContent).toContain('does not match its answer');
  });

  it('shows a place without an answer as a place, not as a quote', async () => {
    expect(await show(documentView, { ...opened, cite: null })).toEqual([quote]);
    expect(screen.getAllByText('A place, not a checked quote')[0]).toBeTruthy();
  });

  it('says that it could not check when the answer cannot be read', async () => {
    await show(documentView, opened, null);
    expect(await screen.findByText(/could not be read, so the words could not be checked/)).toBeTruthy();
  });

  it('says loudly that a version is retracted, and shows the way to the one in force', async () => {
    const versions = documentView.versions.map((one) => ({ ...one, number: one.number + 1 }));
    await show({ ...documentView, status: 'retracted', versions });
    expect(screen.getByRole('alert').textContent).toContain('Do not rely on it');
    expect(screen.getByRole('link', { name: /Open version 3/ }).getAttribute('href')).toContain('version=3');
  });

  it('says of a version that was rolled back that it is not in force, and shows the way to the older one that is', async () => {
    const versions = documentView.versions.map((one) => ({ ...one, is_in_force: !one.is_in_force }));
    await show({ ...documentView, status: 'superseded', versions });
    expect(screen.getByRole('alert').textContent).toContain(words.notInForce.title);
    expect(screen.getByRole('alert').textContent).not.toContain(words.standing.superseded.title);
    expect(screen.getByRole('link', { name: words.openVersion(1) }).getAttribute('href')).toContain('version=1');
  });

  it('does not call in force what is only staged', async () => {
    const versions = documentView.versions.map((one) => ({ ...one, is_in_force: one.number === 1 }));
    await show({ ...documentView, versions });
    expect(screen.getByRole('alert').textContent).toContain(words.notInForce.text);
    expect(screen.queryByText(literature.statuses.current)).toBeNull();
    expect(screen.getAllByText(literature.notInForce).length).toBeGreaterThan(1);
    expect(screen.queryByRole('link', { name: words.openVersion(2) })).toBeNull();
  });

  it('never makes a link of what is not http or https', async () => {
    await show({ ...documentView, url: 'javascript:alert(1)', doi: '"><img src=x>', pmid: '12' });
    const hrefs = screen.getAllByRole('link').map((link) => link.getAttribute('href'));
    expect(hrefs.filter((href) => href?.startsWith('http'))).toEqual(['https://pubmed.ncbi.nlm.nih.gov/12/']);
    expect(screen.getByText(/javascript:alert/)).toBeTruthy();
  });
});
