// Only paths of these pages are gone to after signing in.
import { describe, expect, it } from 'vitest';
import { safePath } from './to';

describe('safePath', () => {
  it.each(['/', '/about', '/c/c-1?doc=d&v=2&cite=a.1', '/documents/d?version=1#top', '/c/Über', '/%41bout', '/a//b'])(
    'follows %s',
    (to) => expect(decodeURI(safePath(to))).toBe(decodeURI(to)),
  );

  it.each([
    undefined,
    '',
    'about',
    'https://evil.example/',
    'javascript:alert(1)',
    'data:text/html,x',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    ' /about',
    '/%2Fevil.example',
    '/%5cevil.example',
    '/..//evil.example',
    '/./%2fevil.example',
    '/.\\/evil.example',
    '/sign-in',
    '/sign-in?to=/about',
  ])('does not follow %j', (to) => expect(safePath(to)).toBe('/'));
});
