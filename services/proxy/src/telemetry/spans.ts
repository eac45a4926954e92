import type { Forward, Outcome } from '@latchkey/admission';
import { clientClosedRequest } from '@latchkey/http';
import { callAttributes, tracedMethod } from '@latchkey/telemetry';
import type { Span } from '@latchkey/telemetry';
import type { Target } from '@latchkey/upstreams';
import type { KnownSession } from '../authn/session-state.ts';
import type { Exchange } from '../exchange.ts';
import type { RequestRecord } from './request-record.ts';

/** Ends the span of the decision about a request. */
export function endAdmission(span: Span, { kind, decision }: Outcome<KnownSession>): void {
  span.end({
    attributes: { 'latchkey.outcome': kind, ...(decision && { 'latchkey.reason': decision.reason }) },
  });
}

// A route has one target for all its requests, but where the host has a part in it.
const addresses = new WeakMap<Target, URL>();

function addressOf(target: Target): URL {
  let address = addresses.get(target);
  if (address === undefined) {
    address = new URL(target.origin);
    addresses.set(target, address);
  }
  return address;
}

/** Begins the span of what an application does with a request, and of waiting for a connection to it. */
export function beginUpstream(span: Span, { request, route, target }: Forward<KnownSession>): Span {
  const attributes = {
    ...callAttributes(request.method, addressOf(target)),
    'latchkey.route': route.id,
  };
  return span.begin(tracedMethod(request.method), 'client', attributes);
}

/** Ends the spans of a request. A health check has none. */
export function endSpans({ span, upstream }: Exchange, record: RequestRecord, status: number): void {
  const { request, route, decision, error } = record;
  // Where we had to answer with an error, or nobody was left to answer, the application has not.
  const unanswered = error ?? (status === clientClosedRequest ? 'caller_left' : undefined);
  upstream?.end(unanswered === undefined ? { status } : { error: unanswered });
  if (record.isHealthCheck === true) return;
  span?.end({
    status,
    error: status < 400 ? undefined : error,
    ...(route && request && { name: `${tracedMethod(request.method)} ${route.id}` }),
    attributes: {
      ...(request && { 'url.scheme': request.forwardedProto ?? 'http' }),
      ...(route && { 'latchkey.route': route.id }),
      ...(decision && { 'latchkey.reason': decision.reason }),
    },
  });
}
