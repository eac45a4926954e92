import { call, CallError } from '@latchkey/http';
import type { Answer, Call } from '@latchkey/http';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingHttpHeaders } from 'node:http';
import { countedMethod } from '../counted.ts';

/**
 * What a span says: words of ours, names of the configuration, numbers. Never a path or a query, which may be keys to
 * something, nor who somebody is: spans leave the house, and the log line of the same trace does not.
 */
export type SpanAttributes = Readonly<Record<string, string | number>>;

/** How something ended: the status that was answered, and the error, by its code, where there was one. */
export type SpanEnding = {
  readonly status?: number | undefined;
  readonly error?: string | undefined;
  /** in place of the one that it began with, when nothing was known as yet */
  readonly name?: string;
  readonly attributes?: SpanAttributes;
};

/** Something that takes its time, as a part of a trace. One that is never ended is exported nowhere. */
export type Span = {
  readonly traceId: string;
  /** whether anybody will see it */
  readonly isSampled: boolean;
  /** What makes the receiver's spans part of this one (W3C Trace Context). */
  headers(): Readonly<Record<string, string>>;
  begin(name: string, kind: 'client' | 'internal', attributes?: SpanAttributes): Span;
  end(ending?: SpanEnding): void;
};

/** The span of a request that came in. */
export type RequestSpan = Span & {
  /** The same request, as part of the trace that its headers name: for who has proved to be one of us. */
  joined(headers: IncomingHttpHeaders): RequestSpan;
};

/** Begins traces. Where tracing is off there is none, and no span: callers that would begin one ask for that alone. */
export type Tracer = Pick<Span, 'begin'> & {
  /**
   * Begins the span of a request.
   *
   * @param headers whose trace it becomes a part of, where the peer is trusted
   */
  receive(method: string, headers: IncomingHttpHeaders | undefined): RequestSpan;
  /** Sends what is left, for two seconds at most. */
  close(): Promise<void>;
};

/** Where spans go, and which. */
export type TracingOptions = {
  /** where a collector takes spans by OTLP */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** what is said of the service with all of them, its name among it */
  readonly resource: Readonly<Record<string, string>>;
  /** the share of traces that are recorded, 0 to 1 */
  readonly ratio: number;
};

const current = new AsyncLocalStorage<Span>();

/** The span that goes on where this is called. */
export function currentSpan(): Span | undefined {
  return current.getStore();
}

/** Does something within a span, or without one. */
export function under<T>(span: Span | undefined, work: () => T): T {
  return span === undefined ? work() : current.run(span, work);
}

/** A call like any other, which ends its span; without one it is just the call. */
export async function callUnder(span: Span | undefined, about: Call): Promise<Answer> {
  if (span === undefined) return call(about);
  try {
    const answer = await call(about);
    span.end({ status: answer.status });
    return answer;
  } catch (error) {
    span.end({ error: error instanceof CallError ? error.reason : 'unknown' });
    throw error;
  }
}

/** A call like any other, with a span where it is made within one. */
export function tracedCall(about: Call, attributes: SpanAttributes = {}): Promise<Answer> {
  const { method, url } = about;
  const span = currentSpan()?.begin(method, 'client', { ...callAttributes(method, url), ...attributes });
  return callUnder(span, about);
}

/** What a span tells of a call; not the path, in which a directory has people and groups. */
export function callAttributes(method: string, { protocol, hostname, port }: URL): SpanAttributes {
  const usual = protocol === 'https:' ? 443 : 80;
  return {
    'http.request.method': tracedMethod(method),
    'server.address': hostname,
    'server.port': port === '' ? usual : Number(port),
  };
}

/** A method by the conventions of OpenTelemetry. */
export function tracedMethod(method: string): string {
  const counted = countedMethod(method);
  return counted === 'other' ? '_OTHER' : counted;
}
