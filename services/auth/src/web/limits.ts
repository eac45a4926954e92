import { HttpError, isVisit } from '@latchkey/http';
import type { RateLimit, UnauthenticatedWork } from '@latchkey/http';
import type { RequestHandler } from 'express';
import type { Handler } from './locals.ts';

/**
 * Refuses what a page of another site makes a browser send while its person goes nowhere, before it is counted: it comes from
 * the address of that person and of their whole office, and would use up what all of them may ask.
 */
export const refuseForeignPages: RequestHandler = function refuseDriven({ method, headers }, _res, next) {
  const site = headers['sec-fetch-site'];
  if ((site === 'cross-site' || site === 'same-site') && !isVisit(method, headers)) {
    throw new HttpError('cross_site_request', { detail: 'a page of another site asks' });
  }
  next();
};

/** Counts every request under its address, before anything is done for it. */
export function limited(limit: RateLimit): Handler {
  return async function countFirst(req, res, next) {
    await limit(req, res.locals.line.client ?? '');
    next();
  };
}

/** The same handler, at work only where strangers leave room. */
export function inPlace(handler: Handler, work: UnauthenticatedWork): Handler {
  return (req, res, next) => work(res, res.locals.line.client ?? '', () => handler(req, res, next));
}
