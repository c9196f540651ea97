// The menu copies, saves and prints what the pure functions made, with the references.
import { act, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { exporting as say } from '../strings/export';
import { ExportMenu } from './ExportMenu';
import { PrintOnRequest } from './PrintOnRequest';
import { answer, FIRST, SECOND } from './sample';

async function choose(item: string) {
  const user = userEvent.setup();
  render(<ExportMenu answers={[answer()]} title="Metformin" />);
  await user.click(screen.getByRole('button', { name: say.menu.label }));
  await user.click(screen.getByRole('menuitem', { name: item }));
}

/** jsdom's blobs have no `text`. */
function textOf(blob: Blob | undefined): Promise<unknown> {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.readAsText(blob ?? new Blob());
  });
}

describe('ExportMenu', () => {
  const saved: { name: string; blob: Blob }[] = [];

  beforeEach(() => {
    saved.length = 0;
    let blob = new Blob();
    URL.createObjectURL = (made) => {
      blob = made as Blob;
      return 'blob:test';
    };
    URL.revokeObjectURL = () => undefined;
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      saved.push({ name: this.download, blob });
    });
  });

  it('copies with references and says so', async () => {
    await choose(say.menu.copy);
    await waitFor(() => expect(screen.getByRole('status').textContent).toBe(say.menu.copied));
    const copied = await navigator.clipboard.readText();
    expect(copied).toContain(`${FIRST} [1]`);
    expect(copied).toContain('[2] Type 2 diabetes');
  });

  it.each([
    [say.menu.markdown, /^osler-\d{4}-\d{2}-\d{2}-metformin\.md$/, '**[2]** Type 2 diabetes'],
    [say.menu.json, /^osler-\d{4}-\d{2}-\d{2}-metformin\.json$/, '"ai_generated": true'],
  ])('%s', async (item, name, part) => {
    await choose(item);
    expect(saved).toHaveLength(1);
    expect(saved[0]?.name).toMatch(name);
    expect(await textOf(saved[0]?.blob)).toContain(part);
  });

  it('prints a sheet beside the page and takes it away afterwards', async () => {
    const before = document.title;
    let sheet: string | null = null;
    vi.stubGlobal('print', () => {
      sheet = document.querySelector('body > [data-print-sheet]')?.textContent ?? null;
    });
    await choose(say.menu.print);
    for (const part of [
      say.disclosure,
      `${FIRST} [1]`,
      `${SECOND} [2]`,
      'Osler Teaching Library · 2025-06-12',
      'a-1',
    ]) {
      expect(sheet).toContain(part);
    }
    window.dispatchEvent(new Event('afterprint'));
    await waitFor(() => expect(document.querySelector('[data-print-sheet]')).toBeNull());
    expect(document.title).toBe(before);
  });
});

describe('PrintOnRequest', () => {
  it('gives the browser’s print command the sheet', () => {
    render(<PrintOnRequest answers={[answer()]} title="Metformin" />);
    const sheet = () => document.querySelector('body > [data-print-sheet]');
    expect(sheet()).toBeNull();
    act(() => void window.dispatchEvent(new Event('beforeprint')));
    expect(sheet()?.textContent).toContain(`${SECOND} [2]`);
    act(() => void window.dispatchEvent(new Event('afterprint')));
    expect(sheet()).toBeNull();
  });
});
