import type { ErrorCode } from '@latchkey/contract';
import { hasBody, whenThere } from '@latchkey/http';
import type { IncomingMessage } from 'node:http';
import type { Exchange } from '../../exchange.ts';
import { framed } from '../../outgoing/framing.ts';
import { whyUnsigned } from '../../outgoing/signers/aws-sigv4.ts';
import type { SignForAws } from '../../outgoing/signers/aws-sigv4.ts';
import type { BodyRefusal, HeldBody } from '../../outgoing/signers/read-body.ts';
import type { Signer } from '../../outgoing/signers/signer.ts';
import type { BeginAnswer } from '../../respond/begin-answer.ts';
import { beginRefusal, refuseAfterFailure } from '../../respond/refuse-with-error.ts';
import type { Leaving, Stages } from '../../stages.ts';
import type { Connections, Taken } from '../pool/connections.ts';
import type { EventStreams } from './event-streams.ts';
import { forwardHttp } from './forward.ts';
import type { ForwardEvents, ForwardOutcome } from './forward.ts';

/** Stage 9 of a request: to the application, and the answer back. A promise only where there is something to wait for. */
export type SendRequest = (exchange: Exchange, leaving: Leaving) => void | Promise<void>;

/** What requests are sent with. */
export type SendRequestParts = {
  readonly stages: Pick<Stages, 'trailers'>;
  readonly connections: Connections;
  readonly eventStreams: Pick<EventStreams, 'begin'>;
  readonly signer: Signer;
  readonly signForAws: SignForAws;
  readonly readBody: (
    req: IncomingMessage,
    person: string | undefined,
  ) => Promise<HeldBody | BodyRefusal | undefined>;
  readonly beginAnswer: BeginAnswer;
  /** whether callers get interim answers (1xx) */
  readonly passInterim: boolean;
};

const noBody: HeldBody = { bytes: Buffer.alloc(0), release: () => undefined };

/** Makes stage 9 for HTTP: sign, take a connection, send. */
export function createSendRequest(parts: SendRequestParts): SendRequest {
  const { signer, connections, beginAnswer } = parts;

  return function send(exchange, leaving) {
    const { request, route } = leaving.forward;
    if (signer.bodyNeed(route) === 'buffer') return signed(exchange, leaving);
    const headers = framed(leaving.headers, request.method, hasBody(exchange.req.headers) ? undefined : 0);
    return signedForAws(exchange, leaving, headers, undefined);
  };

  function refuse(exchange: Exchange, code: ErrorCode): void {
    beginRefusal(exchange, code, beginAnswer);
  }

  // What is signed holds the body, so it is there before anything is sent.
  async function signed(exchange: Exchange, leaving: Leaving): Promise<void> {
    const { req, res } = exchange;
    const { request, route } = leaving.forward;
    const body = hasBody(req.headers) ? await parts.readBody(req, leaving.wanted.person) : noBody;
    if (body === undefined) return undefined;
    if (typeof body === 'string') {
      // The rest of a body that came too slowly would come as slowly: the connection ends.
      if (body === 'body_too_slow') res.setHeader('Connection', 'close');
      return refuse(exchange, body);
    }
    try {
      const headers = framed(leaving.headers, request.method, body.bytes.length);
      headers.push(...signer.sign(route, request, headers, body.bytes));
      await signedForAws(exchange, leaving, headers, body);
    } catch (error) {
      body.release();
      throw error;
    }
  }

  // A signature for AWS holds nothing of the body, and all headers: it is made last.
  function signedForAws(
    exchange: Exchange,
    leaving: Leaving,
    headers: string[],
    body: HeldBody | undefined,
  ): void | Promise<void> {
    if (leaving.forward.route.awsSigv4 === undefined) return dispatch(exchange, leaving, headers, body);
    return parts.signForAws(leaving.forward, headers).then(
      (signed) => dispatch(exchange, leaving, signed, body),
      function unsigned(error: unknown) {
        body?.release();
        exchange.detail = whyUnsigned(error);
        return exchange.res.destroyed ? undefined : refuse(exchange, 'aws_credentials');
      },
    );
  }

  function dispatch(
    exchange: Exchange,
    leaving: Leaving,
    headers: string[],
    body: HeldBody | undefined,
  ): void | Promise<void> {
    const { res } = exchange;
    return whenThere(connections.take(leaving.wanted, res), function forward(taken) {
      if (taken !== undefined) return new Sending(parts, exchange, leaving, taken, body).begin(headers);
      body?.release();
      return res.destroyed ? undefined : refuse(exchange, 'upstream_busy');
    });
  }
}

// A class, as what it hands on has five functions, and would make each of them for every request.
class Sending implements ForwardEvents {
  private readonly parts: SendRequestParts;
  private readonly exchange: Exchange;
  private readonly leaving: Leaving;
  private readonly taken: Taken;
  private readonly body: HeldBody | undefined;
  readonly answer: ForwardEvents['answer'];
  readonly passInterim: boolean;

  constructor(
    parts: SendRequestParts,
    exchange: Exchange,
    leaving: Leaving,
    taken: Taken,
    body: HeldBody | undefined,
  ) {
    this.parts = parts;
    this.exchange = exchange;
    this.leaving = leaving;
    this.taken = taken;
    this.body = body;
    this.answer = leaving.answer;
    this.passInterim = parts.passInterim;
  }

  begin(headers: string[]): void {
    const { exchange, body } = this;
    const { forward } = this.leaving;
    const { request, route, path } = forward;
    const { stages } = this.parts;
    const upstream = {
      method: request.method,
      target: path,
      headers,
      body: body === undefined || body.bytes.length === 0 ? undefined : body,
      timeoutMs: route.timeoutMs,
      ...(route.protocol !== 'http1' && { trailers: () => stages.trailers(exchange, forward) }),
    };
    try {
      forwardHttp(exchange.req, exchange.res, upstream, this.taken, this);
    } catch (error) {
      this.letGo();
      throw error;
    }
  }

  streams(): void {
    this.parts.eventStreams.begin(this.exchange);
  }

  breaksOff(detail: string): void {
    this.exchange.detail = detail;
  }

  ended(outcome: ForwardOutcome): void {
    this.letGo();
    if (!outcome.answered) this.unanswered(outcome);
  }

  private letGo(): void {
    this.taken.release();
    this.body?.release();
  }

  private unanswered({ code, detail }: Extract<ForwardOutcome, { answered: false }>): void {
    const { exchange } = this;
    const { beginAnswer } = this.parts;
    exchange.detail = detail;
    try {
      if (!exchange.res.destroyed) beginRefusal(exchange, code, beginAnswer);
    } catch (error) {
      refuseAfterFailure(exchange, error, beginAnswer);
    }
  }
}
