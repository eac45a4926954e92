import type { CanonicalRequest } from '@latchkey/http';
import type { Route } from '@latchkey/upstreams';
import type { IncomingMessage } from 'node:http';
import type { RequestRecord } from '../record/request-record.ts';

/** What the earlier stages found out about a request, for our own endpoints. */
export type Exchange = {
  readonly request: CanonicalRequest;
  readonly route: Route;
  readonly record: RequestRecord;
};

const exchanges = new WeakMap<IncomingMessage, Exchange>();

/** Hands a request over to the endpoints. */
export function attachExchange(req: IncomingMessage, exchange: Exchange): void {
  exchanges.set(req, exchange);
}

/** What was handed over with a request. */
export function exchangeOf(req: IncomingMessage): Exchange {
  const exchange = exchanges.get(req);
  if (exchange === undefined) throw new Error('an endpoint was called without its exchange');
  return exchange;
}
