// Addresses come from documents that anybody may have written: only http and https ever become links.
import type { DocumentRef } from '../api/types';

/** The address if it is safe to follow, else null. */
export function safeHref(address: string | null | undefined): string | null {
  if (!address || /[\s\\]/.test(address) || !URL.canParse(address)) return null;
  const url = new URL(address);
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  // A name before the @ makes one host look like another.
  return isWeb && url.username === '' && url.password === '' ? url.href : null;
}

export interface NamedLink {
  label: string;
  text: string;
  /** Null where it must stay text. */
  href: string | null;
}

/** Where a document can be read, as its metadata says. */
export function documentLinks(document: Pick<DocumentRef, 'doi' | 'pmid' | 'url'>): NamedLink[] {
  const links: NamedLink[] = [];
  const { doi, pmid, url } = document;
  if (doi) {
    const isDoi = /^10\.\d{4,9}\/\S+$/.test(doi);
    links.push({ label: 'DOI', text: doi, href: isDoi ? safeHref(`https://doi.org/${encodeURI(doi)}`) : null });
  }
  if (pmid) {
    const isPmid = /^\d{1,9}$/.test(pmid);
    links.push({ label: 'PMID', text: pmid, href: isPmid ? `https://pubmed.ncbi.nlm.nih.gov/${pmid}/` : null });
  }
  if (url) links.push({ label: 'URL', text: url, href: safeHref(url) });
  return links;
}
