import { createTraceState, TraceFlags } from '@opentelemetry/api';
import type { SpanContext } from '@opentelemetry/api';
import type { IncomingHttpHeaders } from 'node:http';

const traceparent =
  /^(?<version>(?!ff)[\da-f]{2})-(?<traceId>(?!0{32})[\da-f]{32})-(?<spanId>(?!0{16})[\da-f]{16})-(?<flags>[\da-f]{2})(?<more>-.*)?$/;

/** The span of another one that a request belongs to (W3C Trace Context); undefined for two of them, and for none that can be read. */
export function readTraceContext(headers: IncomingHttpHeaders): SpanContext | undefined {
  const { traceparent: parent, tracestate: state } = headers;
  const parts = typeof parent === 'string' ? traceparent.exec(parent)?.groups : undefined;
  const { version, traceId, spanId, flags, more } = parts ?? {};
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (version === '00' && more !== undefined) return undefined;
  return {
    traceId,
    spanId,
    // Of the other bits nobody knows what they ask for.
    traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED,
    isRemote: true,
    ...(state !== undefined && { traceState: createTraceState(String(state)) }),
  };
}

/** What makes somebody else's spans part of this one. */
export function traceContextHeaders({
  traceId,
  spanId,
  traceFlags,
  traceState,
}: SpanContext): Readonly<Record<string, string>> {
  const tracestate = traceState?.serialize() ?? '';
  return {
    traceparent: `00-${traceId}-${spanId}-0${traceFlags & TraceFlags.SAMPLED}`,
    ...(tracestate !== '' && { tracestate }),
  };
}
