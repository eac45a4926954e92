import { isOnAuthenticatedConnection } from '@latchkey/http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { AnswerHeaders } from '../../outgoing/response-headers.ts';
import type { HeldBody } from '../../outgoing/signers/read-body.ts';
import { answerTo, goesInChunks, writeInterim } from './answer-head.ts';
import type { Answer } from './answer-head.ts';
import type { Taken } from '../pool/connections.ts';
import type { Freshness } from '../pool/pools.ts';
import { AuthenticatedConnectionError, failureOf, isClosedEarly, SlowError } from '../failure.ts';
import type { Failure } from '../failure.ts';
import { MalformedAnswerError, refuseTransferCoding } from '../malformed.ts';
import { isEventStream } from './event-streams.ts';
import { rawTexts } from './raw-texts.ts';
import { Handler } from './handler.ts';
import type { Hearer } from './handler.ts';
import { isRepeatable } from './repeatable.ts';
import { asksToGoOn, bodyStream, requestBody } from './request-body.ts';
import type { RequestBody } from './request-body.ts';

/** A request as it goes to the upstream. */
export type UpstreamRequest = {
  readonly method: string;
  readonly target: string;
  readonly headers: string[];
  /** in place of the caller's, where that had to be read before */
  readonly body: HeldBody | undefined;
  /** what comes behind the body, once that has ended; absent where what is spoken has no place for it */
  readonly trailers?: () => readonly string[];
  /** milliseconds until the answer must begin, once the request has been sent; an answer that flows is not cut */
  readonly timeoutMs: number;
  /** milliseconds in which the upstream may take nothing of a body */
  readonly stallMs?: number;
};

/** The connection that it goes on. */
type UpstreamConnection = Pick<Taken, 'dispatch' | 'isShared'>;

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
  /** The answer that has begun is an event stream of a page. */
  streams(): void;
  /** The answer breaks off; called before it does. */
  breaksOff(detail: string): void;
  /** It is over. Called once, and does not throw. */
  ended(outcome: ForwardOutcome): void;
};

/**
 * Streams a request to the upstream and its answer back. Bodies are not held in memory, but for a short one that may be
 * sent again: each side is read only as fast as the other takes it. A caller that sends or takes nothing any more is the
 * server's to cut.
 *
 * A kept connection may close just as a request is sent on it. Then the request is sent once more, on a new connection,
 * where that cannot make it processed twice (RFC 9110, section 9.2.2).
 *
 * @throws when nothing can be sent at all; then it is over without `ended`
 */
export function forwardHttp(
  req: IncomingMessage,
  res: ServerResponse,
  upstream: UpstreamRequest,
  connection: UpstreamConnection,
  events: ForwardEvents,
): void {
  const delivery = new Delivery(req, res, upstream, connection, events);
  try {
    delivery.send(delivery.firstTry());
  } catch (error) {
    delivery.letGo();
    throw error;
  }
}

// A class, and not a function that makes its handlers: each request would make a dozen functions, and undici's calls of them
// could not be compiled for one shape.
class Delivery implements Hearer {
  /** in place of what a delivery is done with: never set */
  private static readonly nothing: never;
  private res: ServerResponse;
  private upstream: UpstreamRequest;
  private connection: UpstreamConnection;
  private events: ForwardEvents;
  private readonly mayRepeat: boolean;
  private body: RequestBody | undefined;
  private readonly asksFirst: boolean;
  private answer: Answer;
  private abandon: () => void;
  private resume: () => void;
  private handler: Handler;
  private stream: Readable | null = null;
  private controller: Dispatcher.DispatchController | undefined = undefined;
  private timer: NodeJS.Timeout | undefined = undefined;
  private hasBegun = false;
  private isLastTry = false;

  constructor(
    req: IncomingMessage,
    res: ServerResponse,
    upstream: UpstreamRequest,
    connection: UpstreamConnection,
    events: ForwardEvents,
  ) {
    this.res = res;
    this.upstream = upstream;
    this.connection = connection;
    this.events = events;
    this.mayRepeat = isRepeatable(upstream.method, upstream.headers);
    this.body = requestBody(req, upstream.body, this.mayRepeat);
    this.asksFirst = upstream.body === undefined && this.body !== undefined && asksToGoOn(req);
    this.answer = answerTo(res);
    this.abandon = () => this.controller?.abort(new Error('the client closed the connection'));
    this.resume = () => this.controller?.resume();
    this.handler = new Handler(this);
    res.on('close', this.abandon);
  }

  firstTry(): Freshness {
    if (this.asksFirst) return 'new';
    return this.mayRepeat ? 'kept' : 'recent';
  }

  send(freshness: Freshness): void {
    this.isLastTry = freshness === 'new';
    this.controller = undefined;
    this.stream = bodyStream(this.body, this.asksFirst);
    const { method, target, headers, trailers } = this.upstream;
    this.connection.dispatch(
      freshness,
      {
        method,
        path: target,
        headers,
        body: this.stream,
        // Counted here, from when the request has been sent.
        headersTimeout: 0,
        bodyTimeout: silenceMs,
        expectContinue: this.asksFirst,
        trailers,
      },
      this.handler,
    );
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.res.destroyed) this.abandon();
    else if (this.stream !== null) this.watchUpload();
  }

  onBodySent(): void {
    this.watchUpload();
  }

  onRequestSent(): void {
    const { timeoutMs } = this.upstream;
    this.wait(timeoutMs, () => this.controller?.abort(new SlowError('no answer', timeoutMs)));
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    const { res, events } = this;
    const rawHeaders = rawTexts(controller.rawHeaders);
    if (status < 200) {
      if (events.passInterim) writeInterim(res, status, events.answer.interim(rawHeaders));
      return;
    }
    this.hasBegun = true;
    clearTimeout(this.timer);
    const refusal = refuseTransferCoding(rawHeaders);
    if (refusal !== undefined) return controller.abort(refusal);
    // Abandoned, the connection is closed and goes to nobody else.
    if (this.connection.isShared && isOnAuthenticatedConnection(rawHeaders)) {
      return controller.abort(new AuthenticatedConnectionError());
    }
    const inChunks = goesInChunks(res, status, rawHeaders);
    this.answer.begin(status, events.answer.head(rawHeaders, { status, inChunks }));
    if (inChunks && isEventStream(this.upstream.method, rawHeaders)) events.streams();
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.answer.write(chunk)) return;
    controller.pause();
    this.res.once('drain', this.resume);
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    // An answer that is interim alone, or none, would end as a 200 of ours.
    if (!this.hasBegun) return this.fail(new MalformedAnswerError('it ends before a status of 200 or more'));
    this.answer.end(this.events.answer.trailers(rawTexts(controller.rawTrailers)));
    this.end({ answered: true });
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: Error): void {
    if (this.res.headersSent) {
      this.events.breaksOff(error.message);
      // The length was promised or the stream was open: only a broken connection tells the caller that it is cut.
      this.res.destroy();
      return this.end({ answered: true });
    }
    if (!isClosedEarly(error) || this.isLastTry || this.res.destroyed || !this.canRepeat()) {
      return this.fail(error);
    }
    clearTimeout(this.timer);
    // Once undici is through with the first.
    return queueMicrotask(() => this.sendAgain());
  }

  letGo(): void {
    this.handler.cut();
    clearTimeout(this.timer);
    this.body?.release();
    this.forget();
  }

  // What is over leads nowhere: the garbage collector took what hung on one request for living because of the one before, copied
  // a third of all that requests make twice, and kept it until it looked at the whole memory.
  private forget(): void {
    const { nothing } = Delivery;
    this.res = nothing;
    this.upstream = nothing;
    this.connection = nothing;
    this.events = nothing;
    this.body = undefined;
    this.answer = nothing;
    this.abandon = nothing;
    this.resume = nothing;
    this.handler = nothing;
    this.stream = null;
    this.controller = undefined;
    this.timer = undefined;
  }

  private end(outcome: ForwardOutcome): void {
    const { events } = this;
    this.letGo();
    events.ended(outcome);
  }

  private fail(error: Error): void {
    this.end({ answered: false, ...failureOf(error) });
  }

  // undici writes nothing of a request whose body has not begun.
  private canRepeat(): boolean {
    return this.body === undefined ? this.mayRepeat : this.body.canReopen();
  }

  private sendAgain(): void {
    try {
      this.send('new');
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error('unknown'));
    }
  }

  private wait(ms: number, over: () => void): void {
    clearTimeout(this.timer);
    if (!this.hasBegun) this.timer = setTimeout(over, ms);
  }

  private watchUpload(): void {
    const { stallMs = uploadStallMs } = this.upstream;
    this.wait(stallMs, () => {
      // With nothing to take, it is the caller who is waited for.
      if (this.stream?.readableLength === 0) this.watchUpload();
      else this.controller?.abort(new SlowError('nothing taken of the body', stallMs));
    });
  }
}
