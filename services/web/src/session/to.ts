// Where to after signing in. The address says so, and anybody can write an address.

export const SIGN_IN = '/sign-in';

/** A path of these pages, or the first page in place of anything else: other hosts, other schemes, and the sign-in page. */
export function safePath(to: string | undefined): string {
  // Browsers take a backslash for a slash, and drop tabs and line breaks.
  if (to === undefined || !/^\/(?![/\\]|%2f|%5c)[\x20-\x7e\u00a0-\uffff]*$/i.test(to) || to.includes('\\')) return '/';
  const { origin } = globalThis.location;
  let url: URL;
  try {
    url = new URL(to, origin);
  } catch {
    return '/';
  }
  // Dots may have led up to a second slash.
  const isOurs = url.origin === origin && !/^\/(\/|%2f|%5c)/i.test(url.pathname);
  return isOurs && url.pathname !== SIGN_IN ? url.pathname + url.search + url.hash : '/';
}
