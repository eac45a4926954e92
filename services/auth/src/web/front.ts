import { isReady, linesOf } from '@latchkey/admin';
import type { Readiness } from '@latchkey/admin';
import {
  adminRevocationPath,
  adminSessionsPath,
  authorizationServerPaths,
  healthPath,
  isHealthCheck,
  ownEndpoints,
} from '@latchkey/contract';
import {
  canonicalRequest,
  HttpError,
  newRequestId,
  replyText,
  StalledError,
  statusOf,
  transportSecurity,
  trustPeers,
  withoutImpliedPort,
} from '@latchkey/http';
import type { Authority, CanonicalRequest } from '@latchkey/http';
import { tracedMethod, under } from '@latchkey/telemetry';
import type { Emit, RequestLine, RequestSpan, Tracer } from '@latchkey/telemetry';
import { performance } from 'node:perf_hooks';
import type { RequestHandler } from 'express';
import type { AuthEvent } from '../telemetry/events.ts';
import type { Locals } from './locals.ts';
import type { Action } from './routing.ts';

/** The host of auth, and the scheme under which browsers reach it. */
export type OwnAuthority = Authority & { readonly scheme: 'http' | 'https' };

type FrontHandler = RequestHandler<Record<string, string>, unknown, unknown, unknown, Locals>;

/**
 * What every request passes first: it gets its id and its line in the log, the headers that every answer has, one
 * reading of its host, and the answer to a health check. Only requests to our own host go on, those for public keys, and those of operators.
 */
export function front(
  parts: {
    /** our own, as browsers write it */
    readonly authority: OwnAuthority;
    readonly secure: boolean;
    readonly emit: Emit<AuthEvent>;
    /** undefined: there are no traces */
    readonly tracer?: Tracer | undefined;
  },
  options: {
    readiness: Readiness;
    trustedProxies: readonly string[];
    /** what a request for a path is about */
    actionOf: (path: string | undefined) => Action;
  },
): FrontHandler {
  const trust = trustPeers(options.trustedProxies);
  const headers = commonHeaders(parts.secure);

  return function receive(req, res, next) {
    const line: RequestLine = {
      id: trust.requestId(req) ?? newRequestId(),
      method: req.method,
      status: 0,
      duration: 0,
    };
    res.locals.line = line;
    res.locals.span = parts.tracer?.receive(req.method, trust.isTrusted(req) ? req.headers : undefined);
    const amznTraceId = trust.amznTraceId(req);
    if (amznTraceId !== undefined) line.amzn_trace_id = amznTraceId;
    const started = performance.now();
    res.once('close', function record() {
      line.status = statusOf(res);
      if (res.errored instanceof StalledError) line.detail = res.errored.message;
      const ms = performance.now() - started - (res.locals.heldMs ?? 0);
      line.duration = Math.round(ms * 10) / 10;
      const action = options.actionOf(line.path);
      if (res.locals.span !== undefined) endSpan(res.locals.span, res.locals, action);
      parts.emit({ kind: 'request', locals: res.locals, action, ms });
    });
    res.set(headers);

    if (isHealthCheck(req)) {
      line.path = healthPath;
      const components = options.readiness();
      return replyText(res, isReady(components) ? 200 : 503, linesOf(components));
    }
    const request = canonicalRequest(req, trust);
    if (typeof request === 'string') {
      // RFC 9112, section 6.3: what follows a request that has no reading may be a part of it.
      res.set('Connection', 'close');
      throw new HttpError('bad_request', { detail: request });
    }
    Object.assign(line, { host: request.host, path: request.rawPath, client: request.client });
    const isOurs = isSameAuthority(request, parts.authority) || isUnderAnyName(request);
    if (!isOurs) throw new HttpError('unknown_host');
    return under(res.locals.span, next);
  };
}

// A health check is not emitted.
function endSpan(span: RequestSpan, { line, failed }: Locals, action: Action): void {
  line.trace_id = span.traceId;
  if (action === 'ping') return;
  const name = `${tracedMethod(line.method)} ${action}`;
  const { status } = line;
  span.end({
    name,
    status,
    error: status < 400 ? undefined : failed,
    attributes: { 'latchkey.action': action },
  });
}

// Those inside may know us by another name: applications, for which public keys are the same under all of them, and operators,
// who prove who they are.
const pathsUnderAnyName: ReadonlySet<string> = new Set([
  ownEndpoints.jwks.path,
  ownEndpoints.wellKnownJwks.path,
  authorizationServerPaths.keys,
  adminSessionsPath,
  adminRevocationPath,
]);

function isUnderAnyName({ rawPath }: CanonicalRequest): boolean {
  return pathsUnderAnyName.has(rawPath);
}

function isSameAuthority(request: CanonicalRequest, own: OwnAuthority): boolean {
  return request.host === own.host && withoutImpliedPort(request, own.scheme).port === own.port;
}

function commonHeaders(secure: boolean): Record<string, string> {
  return {
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    // Not `no-referrer`: under that one, browsers send `Origin: null` with our own forms, and we refuse those.
    'Referrer-Policy': 'same-origin',
    ...(secure && Object.fromEntries([transportSecurity])),
  };
}
