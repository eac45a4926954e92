import { HttpError, isFromOwnPage, isVisit } from '@latchkey/http';
import type { RequestHandler } from 'express';
import type { Handler } from './locals.ts';

/**
 * Refuses what a page of another site makes a browser send while its person goes nowhere, before it is counted: it comes from
 * the address of that person and of their whole office, and would use up what all of them may ask.
 */
export const refuseForeignPages: RequestHandler = function refuseDriven({ method, headers }, _res, next) {
  const site = headers['sec-fetch-site'];
  if ((site === 'cross-site' || site === 'same-site') && !isVisit(method, headers)) {
    throw new HttpError('cross_site_request', { detail: 'sent by a page of another site' });
  }
  next();
};

/**
 * Lets through a person who goes to an address, before anything is read or set: an image of another page could fill the
 * browser with attempts and push out those that people are at, or undo a sign-out.
 */
export const visitsOnly: Handler = function refuseOthers(req, _res, next) {
  if (!isVisit(req.method, req.headers)) {
    throw new HttpError('cross_site_request', { detail: 'not a page visit' });
  }
  next();
};

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
