// Short lines about documents, worded once.
import type { DocumentRef, Evidence } from '../api/types';
import { answer as words } from '../strings';

export const yearOf = (document: Pick<DocumentRef, 'published'>): string =>
  document.published?.slice(0, 4) ?? words.undated;

/** Title, issuer, year and version: what a reader needs to tell one document from another. */
export const documentLine = (document: DocumentRef): string =>
  `${document.issuer}, ${yearOf(document)}, ${words.versionLine(document.version)}`;

export const sectionLine = (evidence: Pick<Evidence, 'section'>): string => evidence.section.join(' › ');

const clock = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** A time of the server in the reader's own zone; as it came, if it is not a time. */
export function timeLine(rfc3339: string): string {
  const date = new Date(rfc3339);
  return Number.isNaN(date.getTime()) ? rfc3339 : clock.format(date);
}
