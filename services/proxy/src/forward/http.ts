import { hasBody } from '@latchkey/http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import type { Readable } from 'node:stream';
import { errors as undiciErrors } from 'undici';
import type { Dispatcher } from 'undici';
import { endAnswer, goesInChunks, writeAnswerHead, writeInterim } from './answer-head.ts';
import { isOnAuthenticatedConnection } from './connection-authentication.ts';
import { malformedDetail, refuseTransferCoding } from './malformed.ts';
import type { AnswerHeaders } from './response-headers.ts';

/** A request as it goes to the upstream. */
export type UpstreamRequest = {
  readonly method: string;
  readonly target: string;
  readonly headers: string[];
  /** in place of the caller's, where that had to be read before */
  readonly body?: Buffer | Readable;
  /** milliseconds until the answer must begin; an answer that flows is not cut */
  readonly timeoutMs: number;
};

/** Where it goes. */
export type Way = {
  readonly pool: Dispatcher;
  /** the requests of others go on the same connection */
  readonly isShared: boolean;
};

/** How forwarding ended: answered, as far as it went, or without an answer. */
export type ForwardOutcome =
  | { readonly answered: true }
  | {
      readonly answered: false;
      readonly code:
        'upstream_unreachable' | 'upstream_malformed' | 'upstream_timeout' | 'connection_authentication';
      readonly detail: string;
    };

// A stream may be silent for long, yet not for ever: a connection whose other end has vanished looks the same.
const silenceMs = 15 * 60_000;

/** What happens on the way. */
export type ForwardEvents = {
  readonly answer: AnswerHeaders;
  /** The answer breaks off; told before it does. */
  breaksOff(detail: string): void;
};

/**
 * Streams a request to the upstream and its answer back. Bodies are never held in memory: each side is read only as fast
 * as the other takes it. A caller that takes nothing any more is the server's to cut.
 */
export async function forwardHttp(
  req: IncomingMessage,
  res: ServerResponse,
  upstream: UpstreamRequest,
  way: Way,
  events: ForwardEvents,
): Promise<ForwardOutcome> {
  const first = await relay(req, res, upstream, way, events);
  // RFC 9110, section 9.2.2: a kept connection may close just as a request is sent on it. What is safe to repeat and has
  // no body is sent once more.
  const mayRepeat = (upstream.method === 'GET' || upstream.method === 'HEAD') && !hasBody(req.headers);
  if (!first.answered && first.closedEarly && mayRepeat && !res.destroyed) {
    return relay(req, res, upstream, way, events);
  }
  return first;
}

type RelayOutcome = ForwardOutcome & { readonly closedEarly?: boolean };

function relay(
  req: IncomingMessage,
  res: ServerResponse,
  upstream: UpstreamRequest,
  way: Way,
  events: ForwardEvents,
): Promise<RelayOutcome> {
  return new Promise((resolve) => {
    let controller: Dispatcher.DispatchController | undefined;
    const body = upstream.body === undefined && hasBody(req.headers) ? bodyOf(req) : undefined;
    const abandon = () => controller?.abort(new Error('the caller has gone'));

    const resume = () => controller?.resume();

    function finish(outcome: RelayOutcome): void {
      res.off('close', abandon);
      res.off('drain', resume);
      body?.release();
      resolve(outcome);
    }

    res.on('close', abandon);
    res.on('drain', resume);
    way.pool.dispatch(
      {
        method: upstream.method,
        path: upstream.target,
        headers: upstream.headers,
        body: upstream.body ?? body?.stream ?? null,
        headersTimeout: upstream.timeoutMs,
        bodyTimeout: silenceMs,
      },
      {
        onRequestStart(started) {
          controller = started;
          if (res.destroyed) abandon();
        },
        onResponseStart(_, status) {
          const rawHeaders = rawTexts(controller?.rawHeaders);
          if (status < 200) return writeInterim(res, status, events.answer.interim(rawHeaders));
          const refusal = refuseTransferCoding(rawHeaders);
          if (refusal !== undefined) return controller?.abort(refusal);
          // Abandoned, the connection is closed and goes to nobody else.
          if (way.isShared && isOnAuthenticatedConnection(rawHeaders)) {
            return controller?.abort(new AuthenticatedConnectionError());
          }
          const inChunks = goesInChunks(res, status, rawHeaders);
          return writeAnswerHead(res, status, events.answer.head(rawHeaders, { status, inChunks }));
        },
        onResponseData(_, chunk) {
          if (!res.write(chunk)) controller?.pause();
        },
        onResponseEnd() {
          endAnswer(res, events.answer.trailers(rawTexts(controller?.rawTrailers)));
          finish({ answered: true });
        },
        onResponseError(_, error) {
          if (!res.headersSent) return finish(failureOf(error));
          events.breaksOff(error.message);
          // The length was promised or the stream was open: only a broken connection tells the caller that it is cut.
          res.destroy();
          return finish({ answered: true });
        },
      },
    );
  });
}

// undici destroys the body that it was given once it has no use for it. The request itself must survive that: what was
// not sent yet is read and thrown away, or the caller would never come to read the answer.
function bodyOf(req: IncomingMessage): { stream: PassThrough; release: () => void } {
  const stream = new PassThrough();
  const broken = () => {
    if (!req.complete) stream.destroy(new Error('the caller has gone'));
  };
  stream.on('error', () => req.unpipe(stream));
  req.once('close', broken);
  req.pipe(stream);
  return {
    stream,
    release() {
      req.off('close', broken);
      req.unpipe(stream);
      req.resume();
    },
  };
}

class AuthenticatedConnectionError extends Error {
  constructor() {
    super('the application authenticated a connection that others share');
  }
}

function failureOf(error: Error): RelayOutcome {
  if (error instanceof AuthenticatedConnectionError) {
    return { answered: false, code: 'connection_authentication', detail: error.message };
  }
  const malformed = malformedDetail(error);
  if (malformed !== undefined) return { answered: false, code: 'upstream_malformed', detail: malformed };
  const slow =
    error instanceof undiciErrors.HeadersTimeoutError || error instanceof undiciErrors.ConnectTimeoutError;
  const code = slow ? 'upstream_timeout' : 'upstream_unreachable';
  const closedEarly =
    error instanceof undiciErrors.SocketError || ('code' in error && error.code === 'ECONNRESET');
  return { answered: false, code, detail: error.message, closedEarly };
}

function rawTexts(raw: Dispatcher.DispatchController['rawHeaders']): string[] {
  if (!Array.isArray(raw)) return [];
  return raw.map((part) => (typeof part === 'string' ? part : part.toString('latin1')));
}
