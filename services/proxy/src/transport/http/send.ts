import type { ErrorCode } from '@latchkey/contract';
import { hasBody, whenThere } from '@latchkey/http';
import type { IncomingMessage } from 'node:http';
import type { Exchange } from '../../exchange.ts';
import { framed } from '../../outgoing/framing.ts';
import type { BodyRefusal, HeldBody } from '../../outgoing/signers/read-body.ts';
import type { BodyNeed, RequestSigner } from '../../outgoing/signers/request-signer.ts';
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
  readonly signer: RequestSigner;
  readonly readBody: (
    req: IncomingMessage,
    person: string | undefined,
  ) => Promise<HeldBody | BodyRefusal | undefined>;
  readonly beginAnswer: BeginAnswer;
  /** whether callers get interim answers (1xx) */
  readonly passInterim: boolean;
};

/** Makes stage 9 for HTTP: sign, take a connection, send. */
export function createSendRequest(parts: SendRequestParts): SendRequest {
  const { signer, connections, beginAnswer } = parts;

  return function send(exchange, leaving) {
    const { request, route } = leaving.forward;
    const need = signer.bodyNeed(route);
    if (need !== undefined) return signed(exchange, leaving, need);
    const headers = framed(leaving.headers, request.method, hasBody(exchange.req.headers) ? undefined : 0);
    return dispatch(exchange, leaving, headers, undefined);
  };

  function refuse(exchange: Exchange, code: ErrorCode): void {
    beginRefusal(exchange, code, beginAnswer);
  }

  // What is signed may hold the body, which is there then before anything is sent.
  async function signed(exchange: Exchange, leaving: Leaving, need: BodyNeed): Promise<void> {
    const { req, res } = exchange;
    if (need === 'none' || !hasBody(req.headers)) return dispatchSigned(exchange, leaving, undefined);
    const body = await parts.readBody(req, leaving.wanted.person);
    if (body === undefined) return undefined;
    if (typeof body === 'string') {
      // The rest of a body that came too slowly would come as slowly: the connection ends.
      if (body === 'body_too_slow') res.setHeader('Connection', 'close');
      return refuse(exchange, body);
    }
    try {
      return await dispatchSigned(exchange, leaving, body);
    } catch (error) {
      body.release();
      throw error;
    }
  }

  async function dispatchSigned(
    exchange: Exchange,
    leaving: Leaving,
    body: HeldBody | undefined,
  ): Promise<void> {
    const { req, res } = exchange;
    const { request } = leaving.forward;
    const length = body?.bytes.length ?? (hasBody(req.headers) ? undefined : 0);
    const headers = framed(leaving.headers, request.method, length);
    const outcome = await signer.sign(leaving.forward, headers, body?.bytes);
    if (Array.isArray(outcome)) return dispatch(exchange, leaving, outcome, body);
    body?.release();
    exchange.detail = outcome.detail;
    return res.destroyed ? undefined : refuse(exchange, outcome.error);
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
