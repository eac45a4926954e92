import { LRUCache } from 'lru-cache';
import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { limitedBy } from '../canonical/limited-by.ts';
import { HttpError } from '../http-error.ts';
import { ownCopy } from '../own-copy.ts';
import { upTo } from '../up-to.ts';

/**
 * Counts a request of a stranger under its address.
 *
 * @param client as read from what trusted peers say
 * @throws HttpError `too_many_requests`
 */
export type RateLimit = (req: IncomingMessage, client: string) => Promise<void>;

// The limiter keeps a key and a timer per address, however many there are. Who has so many addresses to make it forget
// one has as many times the limit anyway.
const keptAddresses = 50_000;
const windowMs = 60_000;

/** Counts one more request of an address, for all tasks of a service; undefined where they cannot at the moment. */
export type CountTogether = (
  address: string,
  windowMs: number,
) => Promise<{ readonly count: number; readonly endsInMs: number } | undefined>;

/**
 * @param options.perMinute for each address; 0 for no limit
 * @param options.together absent: each task counts by itself
 */
export function createRateLimit({
  perMinute,
  log,
  together,
}: {
  perMinute: number;
  log: Logger;
  together?: CountTogether;
}): RateLimit {
  if (perMinute === 0) return () => Promise.resolve();
  const limiter = new RateLimiterMemory({ points: perMinute, duration: windowMs / 1000 });
  const kept = new LRUCache<string, true>({
    ...upTo(keptAddresses),
    dispose: (_, address) => void limiter.delete(address),
    noDisposeOnSet: true,
  });
  let isWarned = false;

  return async function countRequest(req, client) {
    const address = limitedBy(req, client);
    if (address === undefined) {
      if (!isWarned) log.warn({ alarm: 'no limits', client }, unlimited);
      isWarned = true;
      return;
    }
    const counted = await together?.(address, windowMs);
    if (counted !== undefined) {
      if (counted.count > perMinute) throw tooMany(counted.endsInMs);
      return;
    }
    const key = ownCopy(address);
    kept.set(key, true);
    await limiter.consume(key).catch((answer: unknown) => {
      throw answer instanceof RateLimiterRes ? tooMany(answer.msBeforeNext) : answer;
    });
  };
}

const unlimited =
  'SERVER_TRUSTED_PROXIES: requests come through an address that is not in it, so that nobody has a limit of their own; write the ranges of your load balancers';

function tooMany(waitMs: number): HttpError {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  return new HttpError('too_many_requests', { headers: { 'Retry-After': String(seconds) } });
}
