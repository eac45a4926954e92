import { hasBody, StalledError, statusOf } from '@latchkey/http';
import type { ErrorCode } from '@latchkey/contract';
import type { IncomingMessage, RequestListener } from 'node:http';
import type { Exchange } from '../exchange.ts';
import type { Connections } from '../transport/connections.ts';
import { framed } from '../outgoing/framing.ts';
import { forwardHttp } from '../transport/http.ts';
import { withRequestId } from '../telemetry/request-context.ts';
import type { BeginAnswer } from '../respond/begin-answer.ts';
import { refuseAfterFailure, refuseWithError } from '../respond/refuse-with-error.ts';
import type { Respond } from '../respond/respond.ts';
import type { BodyRefusal, HeldBody } from '../outgoing/signers/read-body.ts';
import type { Signer } from '../outgoing/signers/signer.ts';
import type { Leaving, Stages } from '../stages.ts';
import type { ForwardAuth } from './forward-auth.ts';
import type { ReadQuestion } from './question.ts';

/** What takes requests on: the stages, and whatever answers what goes no further. */
export type HttpParts = {
  readonly stages: Stages;
  readonly respond: Respond;
  readonly readQuestion: ReadQuestion;
  readonly forwardAuth: ForwardAuth;
  readonly connections: Connections;
  readonly signer: Signer;
  readonly readBody: (
    req: IncomingMessage,
    person: string | undefined,
  ) => Promise<HeldBody | BodyRefusal | undefined>;
  readonly beginAnswer: BeginAnswer;
  /** whether callers get interim answers (1xx) */
  readonly passInterim: boolean;
};

const noBody: HeldBody = { bytes: Buffer.alloc(0), release: () => undefined };

/** Takes requests through the stages. */
export function createHttpListener(parts: HttpParts): RequestListener {
  const { stages, respond, readQuestion, forwardAuth, beginAnswer, connections, signer } = parts;

  return function request(req, res) {
    const exchange = stages.open(req, res);
    res.on('close', function answered() {
      if (res.errored instanceof StalledError) exchange.detail = res.errored.message;
      stages.record(exchange, statusOf(res));
    });
    withRequestId(exchange, () => serve(exchange)).catch(function failed(error: unknown) {
      refuseAfterFailure(exchange, error, beginAnswer);
    });
  };

  function refuse(exchange: Exchange, code: ErrorCode): void {
    beginAnswer(exchange);
    refuseWithError(exchange, code);
  }

  async function serve(exchange: Exchange): Promise<void> {
    const incoming = stages.canonical(exchange, 'http');
    const question = readQuestion(exchange.req, incoming);
    if (question !== undefined) return forwardAuth(exchange, question);
    const admitted = stages.admission(exchange, incoming);
    const outcome = admitted instanceof Promise ? await admitted : admitted;
    if (outcome.kind !== 'forward') {
      beginAnswer(exchange);
      return respond(exchange, outcome);
    }
    const leaving = stages.outgoing(exchange, outcome);
    return signer.signs(outcome.route) ? sendSigned(exchange, leaving) : sendStreaming(exchange, leaving);
  }

  function sendStreaming(exchange: Exchange, leaving: Leaving): Promise<void> {
    const { req } = exchange;
    const { request } = leaving.forward;
    const headers = framed(leaving.headers, request.method, hasBody(req.headers) ? undefined : 0);
    return transport(exchange, leaving, headers);
  }

  // What is signed holds the body, so it is there before anything is sent.
  async function sendSigned(exchange: Exchange, leaving: Leaving): Promise<void> {
    const { req, res } = exchange;
    const { request, route } = leaving.forward;
    const body = hasBody(req.headers) ? await parts.readBody(req, leaving.wanted.person) : noBody;
    if (body === undefined) return undefined;
    if (typeof body === 'string') {
      // The rest of a body that came too slowly would come as slowly: the connection ends.
      if (body === 'body_too_slow') res.setHeader('Connection', 'close');
      return refuse(exchange, body);
    }
    const headers = framed(leaving.headers, request.method, body.bytes.length);
    headers.push(...signer.sign(route, request, headers, body.bytes));
    return transport(exchange, leaving, headers, body).finally(body.release);
  }

  // Stage 9.
  async function transport(
    exchange: Exchange,
    { forward, wanted, answer }: Leaving,
    headers: string[],
    body?: HeldBody,
  ): Promise<void> {
    const { req, res } = exchange;
    const { request, route, path } = forward;
    const taking = connections.take(wanted, res);
    const taken = taking instanceof Promise ? await taking : taking;
    if (taken === undefined) return res.destroyed ? undefined : refuse(exchange, 'upstream_busy');
    const delivery = await forwardHttp(
      req,
      res,
      {
        method: request.method,
        target: path,
        headers,
        timeoutMs: route.timeoutMs,
        ...(body !== undefined && body.bytes.length > 0 && { body }),
      },
      taken,
      {
        answer,
        passInterim: parts.passInterim,
        breaksOff: (detail) => (exchange.detail = detail),
      },
    ).finally(taken.release);
    if (delivery.answered) return;
    exchange.detail = delivery.detail;
    if (!res.destroyed) refuse(exchange, delivery.code);
  }
}
