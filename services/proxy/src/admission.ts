import { admit, authorize, ownFacts, routeFor } from '@latchkey/admission';
import type {
  AuthenticatorInput,
  Authorized,
  Identified,
  Incoming,
  Outcome,
  AdmissionParts,
  RoutedRequest,
  Pending,
} from '@latchkey/admission';
import type { Decision } from '@latchkey/access';
import { whenThere } from '@latchkey/http';
import type { Emit } from '@latchkey/telemetry';
import type { ProxyEvent } from './telemetry/events.ts';
import type { KnownSession } from './authn/session-state.ts';

/** Stages 2 to 7 with the parts of this installation; the order of them is in `@latchkey/admission`. */
export type Admission = {
  /** What becomes of a request. */
  readonly admit: (incoming: Incoming) => Outcome<KnownSession> | Pending<KnownSession>;
  /** Which route a request is for; undefined where there is none, or it has no reading. */
  readonly routeFor: (incoming: Incoming) => RoutedRequest | undefined;
  /** Who asks an endpoint of ours, and whether they may pass the route. */
  readonly authorize: (asked: OwnQuestion) => Authorized<KnownSession> | Promise<Authorized<KnownSession>>;
};

/** A request for an endpoint of ours. */
export type OwnQuestion = AuthenticatorInput & Pick<Incoming, 'deviceTrust'>;

/** Makes the admission of requests; that a session passes by its grace period is emitted. */
export function createAdmission(parts: AdmissionParts<KnownSession>, emit: Emit<ProxyEvent>): Admission {
  // Once for each question to which there was no answer; a route that needs one answers 503, which is no grace.
  function noticeGrace<Result extends Noticed>(result: Result): Result {
    const { identified, decision } = result;
    if (decision?.allow !== true || identified?.kind !== 'person') return result;
    const { session } = identified;
    if (session.unansweredFor !== undefined) emit({ kind: 'grace', detail: session.unansweredFor });
    session.unansweredFor = undefined;
    return result;
  }

  return {
    admit(incoming) {
      const admitted = admit(incoming, parts);
      if (admitted.kind !== 'pending') return noticeGrace(admitted);
      return { ...admitted, outcome: admitted.outcome.then(noticeGrace) };
    },
    routeFor: (incoming) => routeFor(incoming, parts),
    authorize(asked) {
      const facts = ownFacts(asked.request, asked, asked.route.policy, parts);
      return whenThere(authorize(asked, facts, parts.authenticators), noticeGrace);
    },
  };
}

type Noticed = {
  readonly identified?: Identified<KnownSession> | undefined;
  readonly decision?: Decision | undefined;
};
