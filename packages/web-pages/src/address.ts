/** Stands for whatever host shows the page. No real host has this name (RFC 2606). */
const pageOrigin = 'http://page.invalid';

/** What a host name may consist of here. URL parsers let more through, and this ends up in a header. */
const plainHost = /^[a-z0-9.:[\]_-]+$/;

/** The origin of an `http(s)` URL; undefined for whatever else the text is. */
export function httpOriginOf(address: string): string | undefined {
  const url = URL.parse(address);
  if (!url || !['http:', 'https:'].includes(url.protocol) || !plainHost.test(url.host)) return undefined;
  return url.origin;
}

/**
 * Checks where a link or a form leads: an `http(s)` URL, or a path on the page's own host. Gives the origin of a URL and
 * `'self'` for a path, as a content security policy spells them. Throws a `TypeError` for anything else: `javascript:`
 * and `data:` run, and `//host` or `/\host` only look like a path.
 */
export function cspSourceOf(address: string): string {
  if (!address.startsWith('/')) {
    const origin = httpOriginOf(address);
    if (origin === undefined) throw new TypeError('a page can lead to http(s) URLs and to paths only');
    return origin;
  }
  if (URL.parse(address, pageOrigin)?.origin !== pageOrigin) {
    throw new TypeError('this path leads to another host');
  }
  return "'self'";
}

/** Gives the address back for a link or form to use, once `sourceOf` has nothing against it. */
export function checked(address: string): string {
  cspSourceOf(address);
  return address;
}
