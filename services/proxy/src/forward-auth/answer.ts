import type { Forward } from '@latchkey/admission';
import { addHeaders, replyText } from '@latchkey/http';
import type { KnownSession } from '../authn/session-state.ts';
import type { Exchange } from '../exchange.ts';
import type { BeginAnswer } from '../respond/begin-answer.ts';
import { refuseWithError } from '../respond/refuse-with-error.ts';
import { refuseWithoutRedirect } from '../respond/refuse-without-redirect.ts';
import type { Respond } from '../respond/respond.ts';
import type { Stages } from '../stages.ts';
import type { Question } from './question.ts';

/** Answers a server in front, which forwards by itself what may pass. */
export type ForwardAuth = (exchange: Exchange, question: Question) => Promise<void>;

/** Makes the answers to questions. What may pass is a yes here, and nothing else is: all other answers are those of the proxy. */
export function createForwardAuth(parts: {
  readonly stages: Pick<Stages, 'admission' | 'forwardAuthHeaders'>;
  readonly respond: Respond;
  readonly beginAnswer: BeginAnswer;
}): ForwardAuth {
  const { stages, respond, beginAnswer } = parts;

  return async function forwardAuth(exchange, { about, asker }) {
    exchange.isQuestion = true;
    const outcome = await stages.admission(exchange, about);
    if (outcome.kind === 'forward') return pass(exchange, outcome, asker);
    beginAnswer(exchange);
    switch (outcome.kind) {
      // With these we would answer 200, and that means yes.
      case 'health_check':
      case 'own_endpoint':
      case 'retired_worker':
      case 'launcher':
        exchange.detail = 'only the proxy itself can answer this: have the server in front send it here';
        return refuseWithError(exchange, 'not_found');
      case 'preflight':
        // A browser takes no answer but 2xx, which is a yes to all but Envoy; and what is a yes nobody sends on.
        if (asker === 'extAuthz') return respond(exchange, outcome);
        exchange.detail =
          'a server in front cannot send on our answer to a preflight: have it answer them itself';
        return refuseWithError(exchange, 'not_found');
      case 'sign_in':
      case 'sign_in_aside':
      case 'challenge':
      case 'person_changed':
      case 'deny':
        // nginx knows yes, 401 and 403, and makes 500 of all else.
        if (asker === 'auth' && !outcome.decision.allow) return refuseWithoutRedirect(exchange, outcome);
        return respond(exchange, outcome);
      case 'malformed':
      case 'not_a_web_page':
      case 'redirect':
      case 'unavailable':
      case 'unknown_host':
        return respond(exchange, outcome);
    }
  };

  function pass(exchange: Exchange, forward: Forward<KnownSession>, asker: Question['asker']): void {
    const { res } = exchange;
    addHeaders(res, stages.forwardAuthHeaders(exchange, forward));
    res.setHeader('Cache-Control', 'no-store');
    // Envoy takes 200 alone for a yes.
    replyText(res, asker === 'auth' ? 202 : 200, '');
  }
}
