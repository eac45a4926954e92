import { namedGroups } from '@latchkey/access';
import type { Person } from '@latchkey/access';
import { accessTokenHeader, assertionHeader, identityHeaders, signAssertion } from '@latchkey/identity';
import type { AssertionSigner } from '@latchkey/identity';
import type { Clock } from '@latchkey/http';
import type { Session } from '@latchkey/session';
import type { Route } from '@latchkey/upstreams';
import type { KnownSession } from '../authn/session-state.ts';

/** What a route gets about the person of a session, as a flat list of headers; `origin` is the one that they asked. */
export type IdentityOf = (known: KnownSession, route: Route, origin: string) => readonly string[];

/** What signs assertions, and in whose name. */
export type Assertions = AssertionSigner & { readonly issuer: string };

/**
 * Makes what says who asks. It is the same until auth tells something new, which makes another `person` of the session, so it
 * is made once for each route and origin, and anew when its assertion nears its end. An access token runs out by itself.
 *
 * @param parts.assertions undefined: there are none
 */
export function createIdentity({
  clock: { now, elapsed },
  assertions,
}: {
  clock: Clock;
  assertions: Assertions | undefined;
}): IdentityOf {
  const made = new WeakMap<Person, WeakMap<Route, Map<string, Made>>>();

  function make({ session, state: { person } }: KnownSession, route: Route, origin: string): Made {
    const groups = namedGroups(person, route.policy);
    const headers = identityHeaders({ user: session.user, email: person.email, groups });
    if (assertions === undefined) return { session, headers: headers.flat(), until: Infinity };
    const { sub, user, name, idp } = session;
    const second = Math.floor(now() / 1000);
    const { token, exp } = signAssertion(
      assertions,
      {
        person: { sub, email: person.email, user, name, groups, idp },
        issuer: assertions.issuer,
        audience: origin,
        session,
        added: route.assertionClaims,
      },
      second,
    );
    const until = elapsed() + (exp - second) * keptFor * 1000;
    return { session, headers: [...headers, ...assertionHeader(route.assertionHeader, token)].flat(), until };
  }

  function kept(known: KnownSession, route: Route, origin: string): readonly string[] {
    const { session, state } = known;
    const ofPerson = made.get(state.person) ?? new WeakMap<Route, Map<string, Made>>();
    const ofRoute = ofPerson.get(route) ?? new Map<string, Made>();
    const before = ofRoute.get(origin);
    if (before?.session === session && before.until > elapsed()) return before.headers;
    // A pattern stands for any number of hosts, and a person may ask for all of them.
    if (ofRoute.size >= mostOrigins) ofRoute.clear();
    const fresh = make(known, route, origin);
    made.set(state.person, ofPerson.set(route, ofRoute.set(origin, fresh)));
    return fresh.headers;
  }

  return function identityOf(known, route, origin) {
    const headers = kept(known, route, assertions === undefined ? '' : origin);
    if (!route.passAccessToken) return headers;
    const { accessToken } = known.state;
    const isLiving = accessToken !== undefined && accessToken.until > elapsed();
    return [...headers, ...accessTokenHeader(isLiving ? accessToken.value : '').flat()];
  };
}

/** So much of the life of an assertion is over before it is made anew: an application may look at it a little later. */
const keptFor = 0.8;
const mostOrigins = 8;

type Made = { readonly session: Session; readonly headers: readonly string[]; readonly until: number };
