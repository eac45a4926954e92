/** Stands for whatever host shows the page. No real host has this name (RFC 2606). */
const pageOrigin = 'http://page.invalid';

/** What a host name may consist of here. URL parsers let more through, and this ends up in a header. */
const plainHost = /^[a-z0-9.:[\]_-]+$/;

/**
 * Checks where a link or a form leads: an `http(s)` URL, or a path on the page's own host. Gives the origin of a URL and
 * `'self'` for a path, as a content security policy spells them. Throws a `TypeError` for anything else: `javascript:`
 * and `data:` run, and `//host` or `/\host` only look like a path.
 */
export function sourceOf(address: string): string {
  const isPath = address.startsWith('/');
  const url = URL.parse(address, isPath ? pageOrigin : undefined);

  if (!url || !['http:', 'https:'].includes(url.protocol) || !plainHost.test(url.host)) {
    throw new TypeError('a page can lead to http(s) URLs and to paths only');
  }
  if (!isPath) return url.origin;
  if (url.origin !== pageOrigin) throw new TypeError('this path leads to another host');
  return "'self'";
}
