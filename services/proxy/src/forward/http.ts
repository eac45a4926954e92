import type { IncomingMessage, ServerResponse } from 'node:http';
import { errors as undiciErrors } from 'undici';
import type { Dispatcher } from 'undici';

/** A request as it goes to the upstream. */
export type UpstreamRequest = {
  readonly method: string;
  readonly target: string;
  readonly headers: string[];
  /** milliseconds until the answer must begin; an answer that flows is not cut */
  readonly timeoutMs: number;
};

/** How forwarding ended: answered (perhaps cut short), or without an answer. */
export type ForwardOutcome =
  | { readonly answered: true; readonly cutShort?: string }
  | {
      readonly answered: false;
      readonly code: 'upstream_unreachable' | 'upstream_timeout';
      readonly detail: string;
    };

// A stream may be silent for long, yet not for ever: a connection whose other end has vanished looks the same.
const silenceMs = 15 * 60_000;

/**
 * Streams a request to the upstream and its answer back. Bodies are never held in memory: each side is read only as fast
 * as the other takes it.
 *
 * @param mapHeaders makes the headers for the browser from the upstream's, both flat lists
 */
export async function forwardHttp(
  req: IncomingMessage,
  res: ServerResponse,
  upstream: UpstreamRequest,
  dispatcher: Dispatcher,
  mapHeaders: (rawHeaders: string[]) => string[],
): Promise<ForwardOutcome> {
  const first = await relay(req, res, upstream, dispatcher, mapHeaders);
  // RFC 9110, section 9.2.2: a kept connection may close just as a request is sent on it. What is safe to repeat and has
  // no body is sent once more.
  const mayRepeat = (upstream.method === 'GET' || upstream.method === 'HEAD') && !hasBody(req);
  if (!first.answered && first.closedEarly && mayRepeat && !res.destroyed) {
    return relay(req, res, upstream, dispatcher, mapHeaders);
  }
  return first;
}

type RelayOutcome = ForwardOutcome & { readonly closedEarly?: boolean };

function relay(
  req: IncomingMessage,
  res: ServerResponse,
  upstream: UpstreamRequest,
  dispatcher: Dispatcher,
  mapHeaders: (rawHeaders: string[]) => string[],
): Promise<RelayOutcome> {
  return new Promise((resolve) => {
    let controller: Dispatcher.DispatchController | undefined;
    const abandon = () => controller?.abort(new Error('the caller has gone'));
    const resume = () => controller?.resume();

    function finish(outcome: RelayOutcome): void {
      res.off('close', abandon);
      res.off('drain', resume);
      resolve(outcome);
    }

    res.on('close', abandon);
    res.on('drain', resume);
    dispatcher.dispatch(
      {
        method: upstream.method,
        path: upstream.target,
        headers: upstream.headers,
        body: hasBody(req) ? req : null,
        headersTimeout: upstream.timeoutMs,
        bodyTimeout: silenceMs,
      },
      {
        onRequestStart(started) {
          controller = started;
          if (res.destroyed) abandon();
        },
        onResponseStart(_, status, _headers, message) {
          if (status < 200) return;
          res.writeHead(status, message ?? '', mapHeaders(rawTexts(controller?.rawHeaders)));
          // An event stream may have nothing to say for a while; its head must not wait for the first event.
          res.flushHeaders();
        },
        onResponseData(_, chunk) {
          if (!res.write(chunk)) controller?.pause();
        },
        onResponseEnd() {
          res.end();
          finish({ answered: true });
        },
        onResponseError(_, error) {
          if (res.headersSent) {
            // The length was promised or the stream was open: only a broken connection tells the caller that it is cut.
            res.destroy();
            finish({ answered: true, cutShort: error.message });
          } else finish(failureOf(error));
        },
      },
    );
  });
}

function failureOf(error: Error): RelayOutcome {
  const slow =
    error instanceof undiciErrors.HeadersTimeoutError || error instanceof undiciErrors.ConnectTimeoutError;
  const code = slow ? 'upstream_timeout' : 'upstream_unreachable';
  const closedEarly =
    error instanceof undiciErrors.SocketError || ('code' in error && error.code === 'ECONNRESET');
  return { answered: false, code, detail: error.message, closedEarly };
}

function hasBody(req: IncomingMessage): boolean {
  const length = req.headers['content-length'];
  return req.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

function rawTexts(raw: Dispatcher.DispatchController['rawHeaders']): string[] {
  if (!Array.isArray(raw)) return [];
  return raw.map((part) => (typeof part === 'string' ? part : part.toString('latin1')));
}
