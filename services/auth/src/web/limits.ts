import type { RateLimit, UnauthenticatedWork } from '@latchkey/http';
import type { Handler } from './locals.ts';

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
