import { decideFor, decideForAnyone, decideOnce, noFacts } from '@latchkey/access';
import type { Decision, Person, Visitor, VisitorReason } from '@latchkey/access';
import { authorityOf, isPreflight } from '@latchkey/http';
import type { CanonicalRequest } from '@latchkey/http';
import type { Place } from '@latchkey/session';
import { openedValues } from '@latchkey/session';
import type { Route } from '@latchkey/upstreams';
import type { IncomingHttpHeaders } from 'node:http';
import type { Needs, Standing } from '../session-check/check.ts';
import type { Tell } from '../record/events.ts';
import type { KnownSession } from '../session-check/known-session.ts';
import type { Credential } from './credential.ts';
import type { PersonMarks } from './person-marks.ts';

/** Who a request comes from, and the cookie that the browser should have instead of the one it sent. */
export type Identified =
  | {
      readonly principal: Visitor;
      /** the host's own cookie is of no use any more */
      readonly spent?: true;
      /** a session that stands, of another person than the browser knows */
      readonly arrived?: KnownSession;
      readonly known?: undefined;
      readonly renewed?: undefined;
    }
  | {
      readonly principal: Person;
      readonly known: KnownSession;
      readonly arrived?: undefined;
      readonly renewed: string | undefined;
      /** the browser does not know yet who is here */
      readonly isNew?: true;
    };

type Held = Exclude<Credential, { readonly nobody: VisitorReason }>;

/** What the gate decided, and about whom. */
export type Passage = Identified & { readonly decision: Decision; readonly route: Route };

/** The gate: credential, principal, decision. */
export type Gate = {
  /** Whether the person behind the request may pass; nothing is public here. */
  passAsPerson(request: CanonicalRequest, headers: IncomingHttpHeaders, route: Route): Promise<Passage>;
  /** Whether the request may pass. A public path is decided about without looking at the cookie. */
  pass(request: CanonicalRequest, headers: IncomingHttpHeaders, route: Route): Promise<Passage>;
};

// As many as the reader of cookies looks at, under both names.
const triedSessions = 2 * openedValues;

/** Puts the gate together from its parts. */
export function createGate(parts: {
  readCredential: (cookieHeader: string | undefined, place: Place, route: Route) => Promise<Credential>;
  check: (known: KnownSession, needs: Needs) => Promise<Standing>;
  marks: Pick<PersonMarks, 'compare'>;
  tell?: Tell;
}): Gate {
  async function identify(
    request: CanonicalRequest,
    headers: IncomingHttpHeaders,
    route: Route,
  ): Promise<Identified> {
    const place = { host: request.host, authority: authorityOf(request) };
    for (let tried = 0; tried < triedSessions; tried++) {
      const credential = await parts.readCredential(headers.cookie, place, route);
      if ('nobody' in credential) {
        const { nobody: why, ...rest } = credential;
        return { principal: visitor(why), ...rest };
      }
      const { known } = credential;
      const standing = await parts.check(known, needsOf(route));
      if (standing === 'unverified') {
        return { principal: { ...visitor('session_unverified'), email: known.session.email } };
      }
      if (standing === 'stands') return arrive(credential, headers.cookie);
      // It has ended, and is read no more: there may be another behind it.
    }
    return { principal: visitor('session_ended') };
  }

  // A session of one host cannot be planted. Of several people's, that of the one whom the browser knows raises no question.
  function arrive({ known, sent, rivals }: Held, cookieHeader: string | undefined): Identified {
    const renewed = known.cookie === sent ? undefined : known.cookie;
    if (known.session.host_only === true) return { principal: known.person, known, renewed };
    const before = parts.marks.compare(cookieHeader, known.session);
    if (before === 'another' || (before === 'unknown' && rivals === true)) {
      return { principal: visitor('session_other_person'), arrived: known };
    }
    return { principal: known.person, known, renewed, ...(before === 'unknown' && { isNew: true as const }) };
  }

  async function pass(
    request: CanonicalRequest,
    headers: IncomingHttpHeaders,
    route: Route,
  ): Promise<Passage> {
    const facts = { path: request.path, preflight: isPreflight(request.method, headers) };
    const open = decideForAnyone(route.policy, facts);
    if (open !== undefined) return { principal: visitor('no_session'), decision: open, route };
    return passAsPerson(request, headers, route);
  }

  async function passAsPerson(
    request: CanonicalRequest,
    headers: IncomingHttpHeaders,
    route: Route,
  ): Promise<Passage> {
    const identified = await identify(request, headers, route);
    if (identified.known === undefined) {
      return { ...identified, decision: decideFor(identified.principal, route.policy, noFacts), route };
    }
    const decision = decideAbout(identified.known, route);
    if (decision.allow) tellOfGrace(identified.known);
    return { ...identified, decision, route };
  }

  // Once for each question to which there was no answer; a route that needs one answers 503, which is no grace.
  function tellOfGrace(known: KnownSession): void {
    if (known.unansweredFor !== undefined) parts.tell?.({ kind: 'grace', detail: known.unansweredFor });
    known.unansweredFor = undefined;
  }

  return { pass, passAsPerson };
}

/** The decision about a person, which depends on nothing else than the route and is made once for both. */
export function decideAbout(known: KnownSession, route: Route): Decision {
  return decideOnce(known.person, route.policy, noFacts, known.decisions);
}

// A launcher shows what all the others say.
function needsOf({ kind, passAccessToken: accessToken, policy: { groups } }: Route): Needs {
  return kind === 'launcher' ? { accessToken } : { accessToken, groups };
}

function visitor(why: VisitorReason): Visitor {
  return { kind: 'visitor', why };
}
