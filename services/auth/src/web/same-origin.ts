import { HttpError } from '@latchkey/http';
import type { IncomingHttpHeaders } from 'node:http';
import type { Handler } from './locals.ts';

/**
 * Lets only requests from our own pages pass, before anything of their bodies is read.
 *
 * @throws HttpError `cross_site_request`
 */
export function requireSameOrigin(ownOrigin: string): Handler {
  return function refuseCrossSite(req, _res, next) {
    if (!isSameOrigin(req.headers, ownOrigin)) throw new HttpError('cross_site_request');
    next();
  };
}

/**
 * Tells whether a request comes from a page of our own, so that no other site can make a browser change anything.
 *
 * Fetch Metadata decides where the browser sends it (https://www.w3.org/TR/fetch-metadata/), else `Origin`. With
 * neither the request is not believed. A sibling host is another site here: every application runs on one.
 */
function isSameOrigin(headers: IncomingHttpHeaders, ownOrigin: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  return headers.origin === ownOrigin;
}
