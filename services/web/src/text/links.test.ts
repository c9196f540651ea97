// Addresses of documents, kind and hostile.
import { expect, it } from 'vitest';
import { documentLinks, safeHref } from './links';

it('only http and https become links', () => {
  expect(safeHref('https://example.org/a?b=c')).toBe('https://example.org/a?b=c');
  const hostile = [
    'javascript:alert(1)', ' javascript:alert(1)', 'java\nscript:alert(1)', 'JAVASCRIPT:alert(1)', 'data:text/html,x',
    'vbscript:x', 'file:///etc/passwd', '//example.org', '/v1/answers', 'example.org', 'https://who.int@evil.example/',
    'https:\\\\evil.example', 'blob:https://x/y', '', null, undefined,
  ];
  for (const address of hostile) expect(safeHref(address)).toBeNull();
});

it('identifiers become links only if they are what they say', () => {
  expect(documentLinks({ doi: '10.1000/a<b>"c', pmid: '123', url: 'javascript:alert(1)' })).toEqual([
    { label: 'DOI', text: '10.1000/a<b>"c', href: 'https://doi.org/10.1000/a%3Cb%3E%22c' },
    { label: 'PMID', text: '123', href: 'https://pubmed.ncbi.nlm.nih.gov/123/' },
    { label: 'URL', text: 'javascript:alert(1)', href: null },
  ]);
  expect(documentLinks({ doi: 'evil', pmid: '1/../x' }).map((link) => link.href)).toEqual([null, null]);
});
