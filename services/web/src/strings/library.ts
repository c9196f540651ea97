// Words of the librarian's desk that its rooms share.
import type { DocumentStatus } from '../api/types';

/** What a standing means for answers. */
const meanings: Record<DocumentStatus, string> = {
  current: 'Its published passages are found and quoted.',
  superseded: 'A later version has taken its place. It is no evidence for new answers.',
  retracted: 'Its issuer has taken it back. Nothing of it is found or quoted, in any snapshot.',
  expression_of_concern: 'Its issuer has raised doubts. It is still found and quoted, and answers say so.',
  corrected: 'A correction has been published. It is still found and quoted, and answers say so.',
  withdrawn: 'It was taken out of use. Nothing of it is found or quoted, in any snapshot.',
  expired: 'Its term is over. It is no evidence for new answers.',
};

export const library = {
  area: 'Library',
  /** Who acts at the server’s own console, without an account. */
  commandLine: 'Command line',
  /** What is fetched from the sources by itself. */
  schedule: 'Schedule',
  /** Of what was decided before that was kept. */
  nobodyKnown: 'somebody not on record',
  meanings,
  staged: 'Staged',
  stagedMeans: (snapshot: number) =>
    `Questions do not see it yet: its passages come into force once snapshot ${snapshot.toLocaleString('en')} is published.`,
  retry: 'Try again',
  areas: {
    corpora: 'Corpora',
    documents: 'Documents',
    ingest: 'Take in',
    queue: 'Review queue',
    changes: 'Changes',
    snapshots: 'Snapshots',
    gaps: 'Gaps',
  },
};
