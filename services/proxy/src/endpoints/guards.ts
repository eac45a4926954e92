import { ownEndpoints } from '@latchkey/contract';
import type { OwnEndpoint } from '@latchkey/contract';
import { isPassedOn, isVisit, replyRedirect } from '@latchkey/http';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { refuseWithError } from '../respond/refuse-with-error.ts';
import { ownRequestOf } from './own-request.ts';

/**
 * Lets visits through. An image of another page could fill the browser with attempts and push out those that people are at, or use
 * one up.
 */
export function onlyVisits(req: Request, res: Response, next: NextFunction): void {
  if (isArrival(req, res)) return next();
  return refuseWithError(ownRequestOf(res).exchange, 'cross_site_request');
}

// A service worker over our addresses, which the operator has allowed, passes every visit on.
function isArrival(req: Request, res: Response): boolean {
  const { allowRootServiceWorker } = ownRequestOf(res).route;
  return isVisit(req.method, req.headers) || (allowRootServiceWorker && isPassedOn(req.headers));
}

/** Takes the code out of an address that is no visit's: no page, not even a refusal, stands where one is. */
export function leaveCode(req: Request, res: Response, next: NextFunction): void {
  const hasCode = new URLSearchParams(ownRequestOf(res).request.query).has('code');
  if (!hasCode || isArrival(req, res)) return next();
  return replyRedirect(res, ownEndpoints.callback.path);
}

/** Refuses every method that an endpoint does not take (RFC 9110, section 15.5.6). */
export function onlyMethods({ methods }: OwnEndpoint): RequestHandler {
  const allowed: readonly string[] = methods === 'any' ? [] : methods;
  return function refuseOthers(req, res, next) {
    if (methods === 'any' || allowed.includes(req.method)) return next();
    res.setHeader('Allow', allowed.join(', '));
    return refuseWithError(ownRequestOf(res).exchange, 'method_not_allowed');
  };
}
