import { readIncoming } from '@latchkey/admission';
import type { Forward, Incoming, Outcome } from '@latchkey/admission';
import { nameOf, userOf } from '@latchkey/access';
import { authorityOf, newRequestId } from '@latchkey/http';
import type { PeerTrust } from '@latchkey/http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import { under } from '@latchkey/telemetry';
import type { Tracer } from '@latchkey/telemetry';
import type { Admission } from './admission.ts';
import { openExchange, recordOf } from './exchange.ts';
import type { Exchange, Received } from './exchange.ts';
import type { Wanted } from './transport/pool/connections.ts';
import type { AnswerHeaders } from './outgoing/response-headers.ts';
import { createOutgoing } from './outgoing/outgoing.ts';
import type { OutgoingParts } from './outgoing/outgoing.ts';
import { beginUpstream, endAdmission, endSpans } from './telemetry/spans.ts';
import type { Holder } from './transport/tls/client-identities.ts';
import { vouchedAt } from './authn/session-state.ts';
import type { KnownSession } from './authn/session-state.ts';

/** A request as it is about to leave for the application. */
export type Leaving = {
  readonly forward: Forward<KnownSession>;
  /** not framed and not signed yet: that depends on the body */
  readonly headers: readonly string[];
  readonly answer: AnswerHeaders;
  readonly wanted: Wanted;
};

/** The parts that the stages work with. */
export type StageParts = OutgoingParts & {
  readonly trust: PeerTrust;
  readonly admission: Pick<Admission, 'admit'>;
  /** undefined: there are no traces */
  readonly tracer: Tracer | undefined;
};

/**
 * The life of a request. `server/http.ts` and `server/websocket.ts` take each through these, in this order, and what one gives is what
 * the next one takes (docs/decisions/0083-a-stage-hands-on-a-value.md):
 *
 *  1 canonical: one reading of host, target, framing and caller, or none
 *  2 route (`findRoute`): matched once
 *  3 own endpoint (`ownEndpoint`): an exact list of paths; behind it preflights of origins that the route names (`preflightOf`)
 *  4 public (`decideForAnyone`): by the canonical path or as a preflight, for any principal
 *  5 authenticate (`authenticate`): one authenticator after the other (`authn/`)
 *  6 still valid (by each authenticator): auth vouches for a session (`authn/session-check.ts`)
 *  7 authorize (`decideFor`): by the policy of the route
 *  8 outgoing: what travels on, and what of the answer travels back
 *  9 transport (`transport/http/send.ts`, `server/websocket.ts`): to the application and back
 * 10 record: once
 *
 * 2 to 7 are one value here. They stand one after the other in `packages/admission/src/admit.ts`, where `latchkey explain` has
 * them from, too. What goes no further is answered by `respond/`.
 */
export type Stages = {
  readonly open: (req: IncomingMessage, res: ServerResponse) => Exchange;
  readonly canonical: (received: Received, kind: Incoming['kind']) => Incoming;
  readonly admission: (
    exchange: Exchange,
    incoming: Incoming,
  ) => Outcome<KnownSession> | Promise<Outcome<KnownSession>>;
  readonly outgoing: (exchange: Exchange, forward: Forward<KnownSession>) => Leaving;
  readonly trailers: (received: Received, forward: Forward<KnownSession>) => string[];
  readonly forwardAuthHeaders: (exchange: Exchange, forward: Forward<KnownSession>) => readonly string[];
  readonly record: (exchange: Exchange, status: number) => void;
};

/** Makes the stages, in their order. */
export function createStages(parts: StageParts): Stages {
  const { trust, emit, tracer } = parts;
  const { elapsed } = parts.clock;
  const { admit } = parts.admission;
  const headers = createOutgoing(parts);

  function open(req: IncomingMessage, res: ServerResponse): Exchange {
    return openExchange(req, res, {
      id: trust.requestId(req) ?? newRequestId(),
      amznTraceId: trust.amznTraceId(req),
      span: tracer?.receive(req.method ?? '', trust.isTrusted(req) ? req.headers : undefined),
    });
  }

  // 1.
  function canonical({ req }: Received, kind: Incoming['kind']): Incoming {
    return readIncoming(req, kind, trust, parts.deviceTrustOf(req));
  }

  // 2 to 7.
  function admission(
    exchange: Exchange,
    incoming: Incoming,
  ): Outcome<KnownSession> | Promise<Outcome<KnownSession>> {
    const span = exchange.span?.begin('admission', 'internal');
    const admitted = span === undefined ? admit(incoming) : under(span, () => admit(incoming));
    exchange.outcome = admitted;
    return admitted.kind === 'pending' ? admitted.outcome.then(decided) : decided(admitted);

    function decided(outcome: Outcome<KnownSession>): Outcome<KnownSession> {
      exchange.outcome = outcome;
      if (span !== undefined) endAdmission(span, outcome);
      if (outcome.kind === 'forward') {
        // How long a request is held before it goes on is ours to answer for.
        const ms = performance.now() - exchange.startedAt;
        const session = sessionAgeOf(outcome.identified, elapsed());
        emit({
          kind: 'admitted',
          isPublic: outcome.identified.kind === 'visitor',
          ms,
          session,
          span: exchange.span,
        });
      }
      return outcome;
    }
  }

  // 8.
  function outgoing(exchange: Exchange, forward: Forward<KnownSession>): Leaving {
    if (exchange.span !== undefined) exchange.upstream = beginUpstream(exchange.span, forward);
    return {
      forward,
      headers: headers.headersFor(exchange, forward),
      answer: headers.answerTo(exchange, forward),
      wanted: wantedFor(forward),
    };
  }

  // 8, of what comes behind a body.
  function trailers({ req }: Received, forward: Forward<KnownSession>): string[] {
    return headers.trailersFor(req.rawTrailers, forward);
  }

  // 8, where a server in front forwards.
  function forwardAuthHeaders(exchange: Exchange, forward: Forward<KnownSession>): readonly string[] {
    return headers.forwardAuthHeaders(exchange, forward);
  }

  // 10, when it is answered or its caller has left; later calls do nothing.
  function record(exchange: Exchange, status: number): void {
    if (exchange.isRecorded === true) return;
    exchange.isRecorded = true;
    const ms = performance.now() - exchange.startedAt;
    const method = exchange.outcome?.request?.method ?? exchange.req.method ?? '';
    const record = recordOf(exchange);
    if (exchange.span !== undefined) endSpans(exchange, record, status);
    emit({ kind: 'request', record, method, status, ms });
  }

  return { open, canonical, admission, outgoing, trailers, forwardAuthHeaders, record };
}

function wantedFor(forward: Forward<KnownSession>): Wanted {
  const { identified, request, route, target } = forward;
  return {
    target,
    route,
    host: route.preserveHost ? authorityOf(request) : '',
    person: nameOf(identified.principal),
    sid: sidOf(identified),
    authenticates: forward.authenticatesConnection,
    holder: route.clientIdentity === undefined ? undefined : holderOf(identified),
  };
}

function sessionAgeOf(
  identified: Forward<KnownSession>['identified'],
  now: number,
): { ageMs: number; isInGrace: boolean } | undefined {
  if (identified.kind !== 'person') return undefined;
  const { session } = identified;
  return { ageMs: now - vouchedAt(session), isInGrace: session.state.isInGrace };
}

// Who is named to an application by a certificate.
function holderOf(identified: Forward<KnownSession>['identified']): Holder | undefined {
  const sid = sidOf(identified);
  if (sid === undefined || identified.kind === 'visitor') return undefined;
  if (identified.kind === 'machine') {
    return { sid, isMachine: true, facts: { name: identified.principal.name } };
  }
  const { email } = identified.principal;
  // What another issuer calls a person may be what the provider calls somebody else.
  const { sub, idp } = identified.kind === 'person' ? identified.session.session : {};
  return {
    sid,
    isMachine: false,
    facts: { email, user: userOf(email), ...(sub && { sub }), ...(idp && { idp }) },
  };
}

// Whose connection one that is authenticated is.
function sidOf(identified: Forward<KnownSession>['identified']): string | undefined {
  if (identified.kind === 'person') return identified.session.session.sid;
  if (identified.kind === 'machine') return `machine ${identified.principal.name}`;
  return identified.kind === 'program'
    ? `program ${identified.principal.issuer}#${identified.subject}`
    : undefined;
}
