import type { CountTogether, RateLimit, UnauthenticatedWork } from '@latchkey/http';
import type { OpenStore } from '../store/open.ts';
import { placeOf } from '../store/place.ts';
import type { Handler } from './locals.ts';

/** Counts every request under its address, before anything is done for it. */
export function limited(limit: RateLimit): Handler {
  return async function countFirst(req, res, next) {
    await limit(req, res.locals.line.client ?? '');
    next();
  };
}

/** How the tasks count together, where there are several. While the store is away each counts by itself. */
export function sharedCount({ store }: OpenStore): { together?: CountTogether } {
  if (store.log === undefined) return {};
  return {
    together: (address, windowMs) => store.count(placeOf('rate', address), windowMs).catch(() => undefined),
  };
}

/** The same handler, at work only where strangers leave room. */
export function inPlace(handler: Handler, work: UnauthenticatedWork): Handler {
  return (req, res, next) => work(res, res.locals.line.client ?? '', () => handler(req, res, next));
}

/**
 * Several handlers of one address, each after the one before. Only what they refuse is counted, under the address that it came
 * from: for those who show who they are, and ask so often as they have to.
 */
export function refusalsLimited(limit: RateLimit, ...handlers: readonly Handler[]): Handler {
  return async function countRefused(req, res) {
    try {
      for (const handler of handlers) await handler(req, res, () => undefined);
    } catch (error) {
      await limit(req, res.locals.line.client ?? '');
      throw error;
    }
  };
}
