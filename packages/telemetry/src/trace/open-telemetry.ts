import { release } from '@latchkey/http/release';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags } from '@opentelemetry/api';
import type { Span as SdkSpan, SpanContext } from '@opentelemetry/api';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { ParentBasedSampler, TraceIdRatioBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';
import { createSender } from './sender.ts';
import type { RequestSpan, Span, SpanAttributes, SpanEnding, Tracer, TracingOptions } from './span.ts';
import { tracedMethod } from './span.ts';
import { readTraceContext, traceContextHeaders } from './trace-context.ts';

type Kind = 'server' | 'client' | 'internal';
type Beginning = {
  readonly parent: SpanContext | undefined;
  readonly attributes?: SpanAttributes;
  /** by `performance.now()`; absent: now */
  readonly startedAt?: number | undefined;
};

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const;

/** Traces with OpenTelemetry, whose global registrations are left alone: nothing is patched, and two services may share a process. */
export function openTelemetry(
  { resource, ratio, ...to }: TracingOptions,
  options: { log: Pick<Logger, 'warn'>; onLost: (spans: number) => void },
): Tracer {
  const sender = createSender({ ...to, ...options });
  const provider = new TracerProvider({
    resource: defaultResource().merge(
      resourceFromAttributes({ 'service.version': release.version, ...resource }),
    ),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [sender],
  });
  const tracer = provider.getTracer('latchkey');

  function begin(name: string, kind: Kind, { parent, attributes = {}, startedAt }: Beginning): Span {
    const context = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
    const startTime = startedAt === undefined ? {} : { startTime: startedAt };
    return spanOf(tracer.startSpan(name, { kind: kinds[kind], attributes, ...startTime }, context), kind);
  }

  function receive(method: string, parent: SpanContext | undefined, startedAt?: number): RequestSpan {
    const attributes = { 'http.request.method': tracedMethod(method) };
    const span = begin('HTTP', 'server', { parent, attributes, startedAt });
    const since = startedAt ?? performance.now();
    return { ...span, joined: (headers) => receive(method, readTraceContext(headers), since) };
  }

  // A server in front may pass on what a stranger wrote, as an ALB does. So a flag can make us record less than we would by
  // ourselves, and never more: not even by an id that the share falls on.
  function believed(parent: SpanContext | undefined): SpanContext | undefined {
    return parent === undefined || Math.random() < ratio
      ? parent
      : { ...parent, traceFlags: TraceFlags.NONE };
  }

  function spanOf(span: SdkSpan, kind: Kind): Span {
    const context = span.spanContext();
    return {
      traceId: context.traceId,
      isSampled: (context.traceFlags & TraceFlags.SAMPLED) !== 0,
      headers: () => traceContextHeaders(context),
      begin: (name, child, attributes = {}) => begin(name, child, { parent: context, attributes }),
      end: (ending = {}) => end(span, kind, ending),
    };
  }

  return {
    begin: (name, kind, attributes = {}) => begin(name, kind, { parent: undefined, attributes }),
    receive: (method, headers) => receive(method, headers && believed(readTraceContext(headers))),
    close: () => provider.shutdown(),
  };
}

// https://opentelemetry.io/docs/specs/semconv/http/http-spans/#status: what a caller did wrong is no error of the server.
function end(span: SdkSpan, kind: Kind, { status, error, name, attributes = {} }: SpanEnding): void {
  const isError = status === undefined ? error !== undefined : status >= (kind === 'server' ? 500 : 400);
  const type = error ?? (isError ? String(status) : undefined);
  span.setAttributes({
    ...attributes,
    ...(status !== undefined && { 'http.response.status_code': status }),
    ...(type !== undefined && { 'error.type': type }),
  });
  if (name !== undefined) span.updateName(name);
  if (isError) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
