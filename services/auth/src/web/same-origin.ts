import type { IncomingHttpHeaders } from 'node:http';

/**
 * Tells whether a request comes from a page of our own, so that no other site can make a browser change anything.
 *
 * Fetch Metadata decides where the browser sends it (https://www.w3.org/TR/fetch-metadata/), else `Origin`. With
 * neither the request is not believed. A sibling host is another site here: every application runs on one.
 */
export function isSameOrigin(headers: IncomingHttpHeaders, ownOrigin: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  return headers.origin === ownOrigin;
}
