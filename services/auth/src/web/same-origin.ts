import { HttpError, isFromOwnPage } from '@latchkey/http';
import type { Handler } from './locals.ts';

/**
 * Lets only requests from our own pages pass, before anything of their bodies is read.
 *
 * @throws HttpError `cross_site_request`
 */
export function requireSameOrigin(ownOrigin: string): Handler {
  return function refuseCrossSite(req, _res, next) {
    if (!isFromOwnPage(req.headers, ownOrigin)) throw new HttpError('cross_site_request');
    next();
  };
}
