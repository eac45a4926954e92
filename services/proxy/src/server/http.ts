import type { Outcome } from '@latchkey/admission';
import { StalledError, statusOf, whenThere } from '@latchkey/http';
import type { RequestListener } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { Emit } from '@latchkey/telemetry';
import type { Admission } from '../admission.ts';
import { recordOf } from '../exchange.ts';
import type { Exchange } from '../exchange.ts';
import type { KnownSession } from '../authn/session-state.ts';
import type { SendRequest } from '../transport/http/send.ts';
import type { ProxyEvent } from '../telemetry/events.ts';
import { withRequestId } from '../telemetry/request-context.ts';
import type { BeginAnswer } from '../respond/begin-answer.ts';
import { refuseAfterFailure } from '../respond/refuse-with-error.ts';
import type { Respond } from '../respond/respond.ts';
import type { Stages } from '../stages.ts';
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
  readonly send: SendRequest;
  readonly admission: Pick<Admission, 'admit'>;
  readonly ongoing: Pick<Ongoing, 'begin' | 'end'>;
  readonly emit: Emit<ProxyEvent>;
  readonly beginAnswer: BeginAnswer;
};

/** Takes requests through the stages. */
export function createHttpListener(parts: HttpParts): RequestListener {
  const { stages, respond, readQuestion, forwardAuth, beginAnswer, ongoing } = parts;
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
    // Rules of a policy may refuse a visitor later.
    const mayEnd = outcome.identified.kind !== 'visitor' || outcome.route.policy.gates.length > 0;
    if (mayEnd && exchange.isRecorded !== true) ongoing.begin(exchange, answering);
    return parts.send(exchange, stages.outgoing(exchange, outcome));
  }

  async function decideAgain(exchange: Exchange): Promise<WhyNot | undefined> {
    // Whether an application is in use is asked when a request begins: a long download is no idleness.
    const admitted = parts.admission.admit({ ...stages.canonical(exchange, 'http'), isUnderWay: true });
    return whyNot(admitted.kind === 'pending' ? await admitted.outcome : admitted);
  }

  // An answer that breaks off is not taken for a whole one.
  function cut(exchange: Exchange, reason: WhyNot): void {
    exchange.detail = `cut: ${reason}`;
    const ms = performance.now() - exchange.startedAt;
    parts.emit({ kind: 'cut', what: 'answer', record: recordOf(exchange), ms, reason });
    exchange.res.destroy();
  }
}

/** What is still to be done before a request is on its way, or answered. */
type Work = void | Promise<void>;
