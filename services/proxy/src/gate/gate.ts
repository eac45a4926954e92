import { decide } from '@latchkey/access';
import type { Decision, Nobody, NobodyReason, Person } from '@latchkey/access';
import { authorityOf, isPreflight } from '@latchkey/http';
import type { CanonicalRequest } from '@latchkey/http';
import type { Place } from '@latchkey/session';
import { openedValues } from '@latchkey/session';
import type { Route } from '@latchkey/upstreams';
import type { IncomingHttpHeaders } from 'node:http';
import type { Standing } from '../session-check/check.ts';
import type { KnownSession } from '../session-check/known-session.ts';
import type { Credential } from './credential.ts';

/** Who a request comes from, and the cookie that the browser should have instead of the one it sent. */
export type Identified =
  | {
      readonly subject: Nobody;
      /** the host's own cookie is of no use any more */
      readonly spent?: true;
      readonly known?: undefined;
      readonly renewed?: undefined;
    }
  | {
      readonly subject: Person;
      readonly known: KnownSession;
      readonly renewed: string | undefined;
    };

/** What the gate decided, and about whom. */
export type Passage = Identified & { readonly decision: Decision };

/** The gate: credential, subject, decision. */
export type Gate = {
  /** Whether the person behind the request may pass; nothing is public here. */
  passAsPerson(request: CanonicalRequest, headers: IncomingHttpHeaders, route: Route): Promise<Passage>;
  /** Whether the request may pass. A public path is decided about without looking at the cookie. */
  pass(request: CanonicalRequest, headers: IncomingHttpHeaders, route: Route): Promise<Passage>;
};

// As many as the reader of cookies looks at, under both names.
const triedSessions = 2 * openedValues;
const nothingPublic = { path: undefined, preflight: false };

/** Puts the gate together from its parts. */
export function createGate(parts: {
  readCredential: (cookieHeader: string | undefined, place: Place, route: Route) => Promise<Credential>;
  check: (known: KnownSession, needs: { accessToken: boolean }) => Promise<Standing>;
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
        return { subject: nobody(why), ...rest };
      }
      const { known, sent } = credential;
      const standing = await parts.check(known, { accessToken: route.passAccessToken });
      if (standing === 'unverified') return { subject: nobody('session_unverified') };
      if (standing === 'stands') {
        return { subject: known.person, known, renewed: known.cookie === sent ? undefined : known.cookie };
      }
      // It has ended, and is read no more: there may be another behind it.
    }
    return { subject: nobody('session_ended') };
  }

  async function pass(
    request: CanonicalRequest,
    headers: IncomingHttpHeaders,
    route: Route,
  ): Promise<Passage> {
    const stranger = nobody('no_session');
    const question = { path: request.path, preflight: isPreflight(request.method, headers) };
    const open = decide(stranger, route, question);
    if (open.allow) return { subject: stranger, decision: open };
    return passAsPerson(request, headers, route);
  }

  async function passAsPerson(
    request: CanonicalRequest,
    headers: IncomingHttpHeaders,
    route: Route,
  ): Promise<Passage> {
    const identified = await identify(request, headers, route);
    if (identified.known === undefined) {
      return { ...identified, decision: decide(identified.subject, route, nothingPublic) };
    }
    return { ...identified, decision: decideAbout(identified.known, route) };
  }

  return { pass, passAsPerson };
}

/** The decision about a person, which depends on nothing else than the route and is made once for both. */
export function decideAbout(known: KnownSession, route: Route): Decision {
  let decision = known.decisions.get(route);
  if (decision === undefined) {
    decision = decide(known.person, route, nothingPublic);
    known.decisions.set(route, decision);
  }
  return decision;
}

function nobody(why: NobodyReason): Nobody {
  return { kind: 'nobody', why };
}
