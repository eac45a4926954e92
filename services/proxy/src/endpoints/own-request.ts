import type { Routed } from '@latchkey/admission';
import type { Express, Response } from 'express';
import type { Exchange } from '../exchange.ts';

/** A request for an endpoint of ours, with what the stages before found out. */
export type OwnRequest = Routed & { readonly exchange: Exchange };

/** Has an endpoint of ours answer. */
export type ServeEndpoint = (exchange: Exchange, routed: Routed) => void;

/** Hands requests over to the endpoints. */
export function createServeEndpoint(endpoints: Express): ServeEndpoint {
  return function serveEndpoint(exchange, { request, route }) {
    const own: OwnRequest = { exchange, request, route };
    endpoints(exchange.req, Object.assign(exchange.res, { locals: { own } }));
  };
}

/** What was handed over with a request. */
export function ownRequestOf(res: Response): OwnRequest {
  const own: OwnRequest | undefined = res.locals['own'];
  if (own === undefined) throw new Error('an endpoint was called without its exchange');
  return own;
}
