import type { Outcome } from '@latchkey/admission';
import { hasBody, StalledError, statusOf, whenThere } from '@latchkey/http';
import type { ErrorCode } from '@latchkey/contract';
import type { IncomingMessage, RequestListener } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { Emit } from '@latchkey/telemetry';
import type { Admission } from '../admission.ts';
import { recordOf } from '../exchange.ts';
import type { Exchange } from '../exchange.ts';
import type { KnownSession } from '../authn/session-state.ts';
import type { Connections, Taken } from '../transport/pool/connections.ts';
import { framed } from '../outgoing/framing.ts';
import type { EventStreams } from '../transport/http/event-streams.ts';
import { forwardHttp } from '../transport/http/forward.ts';
import type { ForwardOutcome } from '../transport/http/forward.ts';
import type { ProxyEvent } from '../telemetry/events.ts';
import { withRequestId } from '../telemetry/request-context.ts';
import type { BeginAnswer } from '../respond/begin-answer.ts';
import { refuseAfterFailure, refuseWithError } from '../respond/refuse-with-error.ts';
import type { Respond } from '../respond/respond.ts';
import type { BodyRefusal, HeldBody } from '../outgoing/signers/read-body.ts';
import { whyUnsigned } from '../outgoing/signers/aws-sigv4.ts';
import type { SignForAws } from '../outgoing/signers/aws-sigv4.ts';
import type { Signer } from '../outgoing/signers/signer.ts';
import type { Leaving, Stages } from '../stages.ts';
import type { ForwardAuth } from '../forward-auth/answer.ts';
import type { ReadQuestion } from '../forward-auth/question.ts';
import { whyNot } from '../ongoing.ts';
import type { GoesOn, Ongoing, WhyNot } from '../ongoing.ts';

/** What takes requests on: the stages, and whatever answers what goes no further. */
export type HttpParts = {
  readonly stages: Stages;
  readonly respond: Respond;
  readonly readQuestion: ReadQuestion;
  readonly forwardAuth: ForwardAuth;
  readonly connections: Connections;
  readonly admission: Pick<Admission, 'admit'>;
  readonly ongoing: Pick<Ongoing, 'begin' | 'end'>;
  readonly eventStreams: Pick<EventStreams, 'begin'>;
  readonly emit: Emit<ProxyEvent>;
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

/** Takes requests through the stages. */
export function createHttpListener(parts: HttpParts): RequestListener {
  const {
    stages,
    respond,
    readQuestion,
    forwardAuth,
    beginAnswer,
    connections,
    ongoing,
    eventStreams,
    signer,
  } = parts;
  const answering: GoesOn = { whyNot: decideAgain, end: cut };

  return function request(req, res) {
    const exchange = stages.open(req, res);
    res.on('close', function answered() {
      ongoing.end(exchange);
      if (res.errored instanceof StalledError) exchange.detail = res.errored.message;
      stages.record(exchange, statusOf(res));
    });
    const failed = (error: unknown) => refuseAfterFailure(exchange, error, beginAnswer);
    try {
      withRequestId(exchange, () => serve(exchange))?.catch(failed);
    } catch (error) {
      failed(error);
    }
  };

  function refuse(exchange: Exchange, code: ErrorCode): void {
    beginAnswer(exchange);
    refuseWithError(exchange, code);
  }

  // A promise only where there is something to wait for, here and in the stages.
  function serve(exchange: Exchange): Work {
    const incoming = stages.canonical(exchange, 'http');
    const question = readQuestion(exchange.req, incoming);
    if (question !== undefined) return forwardAuth(exchange, question);
    return whenThere(stages.admission(exchange, incoming), (outcome) => goOn(exchange, outcome));
  }

  function goOn(exchange: Exchange, outcome: Outcome<KnownSession>): Work {
    if (outcome.kind !== 'forward') {
      beginAnswer(exchange);
      return respond(exchange, outcome);
    }
    const isGone = exchange.isRecorded === true;
    // Rules of a policy may refuse a visitor later.
    const mayEnd = outcome.identified.kind !== 'visitor' || outcome.route.policy.gates.length > 0;
    if (mayEnd && !isGone) ongoing.begin(exchange, answering);
    const leaving = stages.outgoing(exchange, outcome);
    return signer.bodyNeed(outcome.route) === 'buffer'
      ? sendSigned(exchange, leaving)
      : sendStreaming(exchange, leaving);
  }

  function sendStreaming(exchange: Exchange, leaving: Leaving): Work {
    const { req } = exchange;
    const { request } = leaving.forward;
    const headers = framed(leaving.headers, request.method, hasBody(req.headers) ? undefined : 0);
    return transport(exchange, leaving, headers, undefined);
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
    try {
      const headers = framed(leaving.headers, request.method, body.bytes.length);
      headers.push(...signer.sign(route, request, headers, body.bytes));
      await transport(exchange, leaving, headers, body);
    } catch (error) {
      body.release();
      throw error;
    }
  }

  // A signature for AWS holds nothing of the body, and all headers: it is made last.
  function transport(
    exchange: Exchange,
    leaving: Leaving,
    headers: string[],
    body: HeldBody | undefined,
  ): Work {
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

  // Stage 9.
  function dispatch(
    exchange: Exchange,
    leaving: Leaving,
    headers: string[],
    body: HeldBody | undefined,
  ): Work {
    const { res } = exchange;
    return whenThere(connections.take(leaving.wanted, res), function forward(taken) {
      if (taken !== undefined) return send(exchange, leaving, { headers, body, taken });
      body?.release();
      return res.destroyed ? undefined : refuse(exchange, 'upstream_busy');
    });
  }

  function send(
    exchange: Exchange,
    { forward, answer }: Leaving,
    { headers, body, taken }: { headers: string[]; body: HeldBody | undefined; taken: Taken },
  ): void {
    const { req, res } = exchange;
    const { request, route, path } = forward;
    function letGo(): void {
      taken.release();
      body?.release();
    }
    const upstream = {
      method: request.method,
      target: path,
      headers,
      body: body === undefined || body.bytes.length === 0 ? undefined : body,
      timeoutMs: route.timeoutMs,
      ...(route.protocol !== 'http1' && { trailers: () => stages.trailers(exchange, forward) }),
    };
    try {
      forwardHttp(req, res, upstream, taken, {
        answer,
        passInterim: parts.passInterim,
        streams: () => eventStreams.begin(exchange),
        breaksOff: (detail) => (exchange.detail = detail),
        ended(outcome) {
          letGo();
          if (!outcome.answered) unanswered(exchange, outcome);
        },
      });
    } catch (error) {
      letGo();
      throw error;
    }
  }

  async function decideAgain(exchange: Exchange): Promise<WhyNot | undefined> {
    const admitted = parts.admission.admit(stages.canonical(exchange, 'http'));
    const why = whyNot(admitted.kind === 'pending' ? await admitted.outcome : admitted);
    // Whether an application is in use is asked when a request begins: a long download is no idleness.
    return why === 'session_idle' ? undefined : why;
  }

  // An answer that breaks off is not taken for a whole one.
  function cut(exchange: Exchange, reason: WhyNot): void {
    exchange.detail = `cut: ${reason}`;
    const ms = performance.now() - exchange.startedAt;
    parts.emit({ kind: 'cut', what: 'answer', record: recordOf(exchange), ms, reason });
    exchange.res.destroy();
  }

  function unanswered(exchange: Exchange, { code, detail }: Unanswered): void {
    exchange.detail = detail;
    try {
      if (!exchange.res.destroyed) refuse(exchange, code);
    } catch (error) {
      refuseAfterFailure(exchange, error, beginAnswer);
    }
  }
}

/** What is still to be done before a request is on its way, or answered. */
type Work = void | Promise<void>;

type Unanswered = Extract<ForwardOutcome, { answered: false }>;
