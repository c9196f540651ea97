// A document as a librarian has it, for tests.
import { documentRef } from '../../testing/sample';
import type { DefectKind, Finding, LibraryDocument, LibraryVersion, Person } from '../types';

export const ada: Person = { id: 'id-ada', name: 'Ada Keeper' };

export const versionOf = (change: Partial<LibraryVersion> = {}): LibraryVersion => ({
  number: 2,
  title: 'Type 2 diabetes',
  status: 'current',
  published: '2025-06-12',
  effective: null,
  review_by: null,
  expires: null,
  sha256: documentRef.sha256,
  source_name: 't2d.md',
  source_sha256: 'c'.repeat(64),
  parser: 'markdown 3',
  quality: { score: 0.73, defects: [{ kind: 'empty_page', times: 2 }, { kind: 'from_the_future' as DefectKind, times: 4 }] },
  passages: 2,
  in_force: [{ added: 4, removed: null }],
  original: { bytes: 2048, is_text: true, pages: null },
  ...change,
});

export const findingOf = (change: Partial<Finding> = {}): Finding => ({
  id: 7,
  at: '2026-11-20T10:00:00Z',
  kind: 'poor_quality',
  document: documentRef.id,
  version: 2,
  corpus: 'starter',
  title: 'Type 2 diabetes',
  detail: 'two pages without text',
  status: 'current',
  settled: null,
  ...change,
});

export const recordOf = (change: Partial<LibraryDocument> = {}): LibraryDocument => ({
  document: documentRef.id,
  corpus: 'starter',
  name: 't2d',
  versions: [
    versionOf(),
    versionOf({
      number: 1,
      title: 'Type 2 diabetes, first edition',
      status: 'superseded',
      published: '2016-02',
      sha256: 'b'.repeat(64),
      quality: null,
      in_force: [{ added: 1, removed: 4 }],
      original: null,
    }),
  ],
  findings: [findingOf()],
  decisions: [
    { number: 3, at: '2026-11-01T09:00:00Z', actor: ada, action: 'inspected', subject: `${documentRef.id} v2`, reason: 'read against the print' },
    {
      number: 9,
      at: '2026-11-09T09:00:00Z',
      actor: { id: 'command-line', name: null },
      action: 'expression_of_concern',
      subject: `${documentRef.id} v1`,
      reason: '',
    },
  ],
  standings: [
    {
      version: 2,
      to: [
        { status: 'retracted', needs: 'one' },
        { status: 'corrected', needs: 'one' },
      ],
    },
    { version: 1, to: [{ status: 'current', needs: 'two' }] },
  ],
  ...change,
});
