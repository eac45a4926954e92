import { HttpError, isVisit } from '@latchkey/http';
import type { RequestHandler } from 'express';

/**
 * Lets through a person who goes to an address, before anything is read or set: an image of another page could fill the
 * browser with attempts and push out those that people are at, or undo a sign-out.
 */
export const visitsOnly: RequestHandler = function refuseOthers(req, _res, next) {
  if (!isVisit(req.method, req.headers)) {
    throw new HttpError('cross_site_request', { detail: 'a sign-in is a visit' });
  }
  next();
};
