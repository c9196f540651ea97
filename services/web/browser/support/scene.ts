// A house in the midst of its work, for tests and pictures of every page: something published, something staged and reviewed,
// something retracted, gaps, feedback, and a review that two people are at.
import type { DocumentFilter, LibraryDocuments, Proposal } from '../../src/library/types';
import { DIFFICILE, DIFFICILE_LATER, DIFFICILE_QUESTION, SCABIES, VERTIGO } from '../guidelines';
import { type Caller, caller } from './api';
import { AUDITOR, CLINICIAN, LIBRARIAN, PUBLISHER, SECOND_CLINICIAN } from './server';

export interface Scene {
  /** An answer that was given, with feedback. */
  answer: string;
  /** A document with two versions, the later one staged. */
  document: string;
  /** Reviewed, and waiting to be approved. */
  proposal: string;
  /** Of answers, with nothing rated. */
  review: string;
}

export async function scene(origin: string): Promise<Scene> {
  const [clinician, librarian, publisher, auditor] = await Promise.all(
    [CLINICIAN, LIBRARIAN, PUBLISHER, AUDITOR].map((who) => caller(origin, who)),
  ) as [Caller, Caller, Caller, Caller];
  await clinician.ask(DIFFICILE_QUESTION);
  await clinician.ask('Is zorbimab given for zorbitis?');
  await librarian.takeIn([DIFFICILE, SCABIES]);
  const first = await proposed(librarian, 'Two guidelines that were asked for');
  await signed(librarian, first, 'review', LIBRARIAN.password);
  await signed(publisher, first, 'approval', PUBLISHER.password);
  await publisher.call('POST', `/v1/library/proposals/${first.id}/execution`, {});
  const { id: answer } = await clinician.ask(DIFFICILE_QUESTION);
  await clinician.ask('In adults with type 2 diabetes, when should metformin not be started?');
  const comment = 'Our ward gives it for 14 days.';
  await clinician.call('POST', `/v1/answers/${answer}/feedback`, { kind: 'disagree', category: 'wrong_dose', statement: 1, comment });
  const scabies = await documentOf(librarian, { q: SCABIES.title });
  const standing = { status: 'retracted', reason: 'The issuer has taken it back.', expected: 'current' };
  await librarian.call('PUT', `/v1/library/documents/${scabies}/versions/1/standing`, standing);
  await librarian.takeIn([DIFFICILE_LATER, VERTIGO]);
  await librarian.call('PUT', '/v1/library/golden', { questions: [DIFFICILE_QUESTION] });
  const proposal = await proposed(librarian, 'The update of February, and a guideline on vertigo');
  await signed(librarian, proposal, 'review', LIBRARIAN.password);
  const to = Date.now() + 60_000;
  const review = await auditor.call<{ id: string }>('POST', '/v1/reviews', {
    title: 'All wards, November',
    ...{ from: new Date(to - 86_400_000).toISOString(), to: new Date(to).toISOString() },
    size: 4,
    reviewers: [CLINICIAN.name, SECOND_CLINICIAN.name],
  });
  return { answer, document: await documentOf(librarian, { q: DIFFICILE.title }), proposal: proposal.id, review: review.id };
}

const proposed = (librarian: Caller, reason: string): Promise<Proposal> =>
  librarian.call('POST', '/v1/library/proposals', { kind: 'publish', reason });

const signed = ({ call }: Caller, { id, record_hash }: Proposal, what: 'review' | 'approval', password: string): Promise<Proposal> =>
  call('POST', `/v1/library/proposals/${id}/${what}`, { record_hash, password });

async function documentOf({ call }: Caller, filter: DocumentFilter): Promise<string> {
  const found = await call<LibraryDocuments>('GET', `/v1/library/documents?${new URLSearchParams({ ...filter }).toString()}`);
  const [row] = found.documents;
  if (!row) throw new Error(`there is no document like ${JSON.stringify(filter)}`);
  return row.document;
}
