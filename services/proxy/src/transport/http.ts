import { hasBody, isOnAuthenticatedConnection } from '@latchkey/http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { answerTo, goesInChunks, writeInterim } from './answer-head.ts';
import type { Freshness, Taken } from './connections.ts';
import { AuthenticatedConnectionError, failureOf, isClosedEarly, SlowError } from './failure.ts';
import type { Failure } from './failure.ts';
import { refuseTransferCoding } from './malformed.ts';
import { isRepeatable } from './repeatable.ts';
import { comingBody, heldBody } from './request-body.ts';
import type { RequestBody } from './request-body.ts';
import { rawTexts } from './raw-texts.ts';
import type { AnswerHeaders } from '../outgoing/response-headers.ts';
import type { HeldBody } from '../outgoing/signers/read-body.ts';

/** A request as it goes to the upstream. */
export type UpstreamRequest = {
  readonly method: string;
  readonly target: string;
  readonly headers: string[];
  /** in place of the caller's, where that had to be read before */
  readonly body?: HeldBody;
  /** milliseconds until the answer must begin, once the request has been sent; an answer that flows is not cut */
  readonly timeoutMs: number;
  /** milliseconds in which the upstream may take nothing of a body */
  readonly stallMs?: number;
};

/** Where it goes. */
export type Way = Pick<Taken, 'dispatch' | 'isShared'>;

/** How forwarding ended: answered, as far as it went, or without an answer. */
export type ForwardOutcome = { readonly answered: true } | ({ readonly answered: false } & Failure);

// A stream may be silent for long, yet not for ever: a connection whose other end has vanished looks the same.
const silenceMs = 15 * 60_000;
// The kernel takes bytes in steps of up to 1.5 MB: this is a slow line of 100 kbit/s.
const uploadStallMs = 120_000;

/** What happens on the way. */
export type ForwardEvents = {
  readonly answer: AnswerHeaders;
  /** Whether the caller gets interim answers (1xx), too. */
  readonly passInterim: boolean;
  /** The answer breaks off; told before it does. */
  breaksOff(detail: string): void;
};

/**
 * Streams a request to the upstream and its answer back. Bodies are not held in memory, but for a short one that may be
 * sent again: each side is read only as fast as the other takes it. A caller that sends or takes nothing any more is the
 * server's to cut.
 *
 * A kept connection may close just as a request is sent on it. Then the request is sent once more, on a new connection,
 * where that cannot make it processed twice (RFC 9110, section 9.2.2).
 */
export async function forwardHttp(
  req: IncomingMessage,
  res: ServerResponse,
  upstream: UpstreamRequest,
  way: Way,
  events: ForwardEvents,
): Promise<ForwardOutcome> {
  const mayRepeat = isRepeatable(upstream.method, upstream.headers);
  const body = bodyOf(req, upstream, mayRepeat);
  const asksFirst = upstream.body === undefined && body !== undefined && expectsContinue(req);
  const send = (freshness: Freshness) => relay({ res, upstream, body, way, freshness, asksFirst, events });
  try {
    if (asksFirst) return await send('new');
    const first = await send(mayRepeat ? 'kept' : 'recent');
    if (first.answered || !first.closedEarly || res.destroyed) return first;
    // undici writes nothing of a request whose body has not begun.
    const canRepeat = body === undefined ? mayRepeat : body.canReopen();
    return canRepeat ? await send('new') : first;
  } finally {
    body?.release();
  }
}

function bodyOf(
  req: IncomingMessage,
  { body }: UpstreamRequest,
  mayRepeat: boolean,
): RequestBody | undefined {
  if (body !== undefined) return heldBody(body, mayRepeat);
  return hasBody(req.headers) ? comingBody(req, mayRepeat) : undefined;
}

type RelayOutcome = ForwardOutcome & { readonly closedEarly?: boolean };

function relay({
  res,
  upstream,
  body,
  way,
  freshness,
  asksFirst,
  events,
}: {
  res: ServerResponse;
  upstream: UpstreamRequest;
  body: RequestBody | undefined;
  way: Way;
  freshness: Freshness;
  asksFirst: boolean;
  events: ForwardEvents;
}): Promise<RelayOutcome> {
  return new Promise((resolve) => {
    const { method, target, headers, timeoutMs, stallMs = uploadStallMs } = upstream;
    let controller: Dispatcher.DispatchController | undefined;
    let timer: NodeJS.Timeout | undefined;
    let hasBegun = false;
    const stream = bodyStream(body, asksFirst);
    const answer = answerTo(res);
    const abandon = () => controller?.abort(new Error('the caller has gone'));
    const resume = () => controller?.resume();

    function wait(ms: number, over: () => void): void {
      clearTimeout(timer);
      if (!hasBegun) timer = setTimeout(over, ms);
    }
    function waitForAnswer(): void {
      wait(timeoutMs, () => controller?.abort(new SlowError('no answer', timeoutMs)));
    }
    function watchUpload(): void {
      wait(stallMs, function stalled() {
        // With nothing to take, it is the caller who is waited for.
        if (stream?.readableLength === 0) watchUpload();
        else controller?.abort(new SlowError('nothing taken of the body', stallMs));
      });
    }
    function finish(outcome: RelayOutcome): void {
      clearTimeout(timer);
      res.off('close', abandon);
      res.off('drain', resume);
      resolve(outcome);
    }

    res.on('close', abandon);
    res.on('drain', resume);
    way.dispatch(
      freshness,
      {
        method,
        path: target,
        headers,
        body: stream,
        // Counted here, from when the request has been sent.
        headersTimeout: 0,
        bodyTimeout: silenceMs,
        expectContinue: asksFirst,
      },
      {
        onRequestStart(started) {
          controller = started;
          if (res.destroyed) abandon();
          else if (stream !== null) watchUpload();
        },
        onBodySent: watchUpload,
        onRequestSent: waitForAnswer,
        onResponseStart(_, status) {
          const rawHeaders = rawTexts(controller?.rawHeaders);
          if (status < 200) {
            if (events.passInterim) writeInterim(res, status, events.answer.interim(rawHeaders));
            return;
          }
          hasBegun = true;
          clearTimeout(timer);
          const refusal = refuseTransferCoding(rawHeaders);
          if (refusal !== undefined) return controller?.abort(refusal);
          // Abandoned, the connection is closed and goes to nobody else.
          if (way.isShared && isOnAuthenticatedConnection(rawHeaders)) {
            return controller?.abort(new AuthenticatedConnectionError());
          }
          const inChunks = goesInChunks(res, status, rawHeaders);
          return answer.begin(status, events.answer.head(rawHeaders, { status, inChunks }));
        },
        onResponseData(_, chunk) {
          if (!answer.write(chunk)) controller?.pause();
        },
        onResponseEnd() {
          answer.end(events.answer.trailers(rawTexts(controller?.rawTrailers)));
          finish({ answered: true });
        },
        onResponseError(_, error) {
          if (!res.headersSent) {
            return finish({ answered: false, ...failureOf(error), closedEarly: isClosedEarly(error) });
          }
          events.breaksOff(error.message);
          // The length was promised or the stream was open: only a broken connection tells the caller that it is cut.
          res.destroy();
          return finish({ answered: true });
        },
      },
    );
  });
}

// HTTP/1.0 knows no expectations (RFC 9110, section 10.1.1).
function expectsContinue({ headers, httpVersionMinor }: IncomingMessage): boolean {
  return httpVersionMinor > 0 && headers.expect?.toLowerCase() === '100-continue';
}

// The caller is told to go on as soon as its body is read, so where the upstream is asked first, that waits for the first
// read of this one.
function bodyStream(body: RequestBody | undefined, asksFirst: boolean): Readable | null {
  if (body === undefined) return null;
  return asksFirst ? Readable.from(opened(body)) : body.open();
}

async function* opened(body: RequestBody): AsyncGenerator<Buffer> {
  yield* body.open() as AsyncIterable<Buffer>;
}
