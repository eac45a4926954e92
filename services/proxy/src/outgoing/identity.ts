import { namedGroups } from '@latchkey/access';
import type { Person } from '@latchkey/access';
import { identityHeaders } from '@latchkey/identity';
import type { Session } from '@latchkey/session';
import type { Route } from '@latchkey/upstreams';
import type { KnownSession } from '../authn/session-state.ts';

/** What a route is told about the person of a session, as a flat list of headers. */
export type IdentityOf = (known: KnownSession, route: Route) => readonly string[];

/**
 * Makes what says who asks. It is the same until auth tells something new, which makes another `person` of the session, so it
 * is made once for each route; but for an access token, whose time runs out by itself.
 *
 * @param elapsed milliseconds that never jump
 */
export function createIdentity(elapsed: () => number): IdentityOf {
  const made = new WeakMap<Person, WeakMap<Route, Made>>();

  function make({ session, state }: KnownSession, route: Route): readonly string[] {
    const { person, accessToken } = state;
    const isLiving = accessToken !== undefined && accessToken.until > elapsed();
    return identityHeaders({
      user: session.user,
      email: person.email,
      groups: namedGroups(person, route.policy),
      ...(route.passAccessToken && { accessToken: isLiving ? accessToken.value : '' }),
    }).flat();
  }

  return function identityOf(known, route) {
    if (route.passAccessToken) return make(known, route);
    const { session } = known;
    const { person } = known.state;
    const ofPerson = made.get(person) ?? new WeakMap<Route, Made>();
    const before = ofPerson.get(route);
    if (before?.session === session) return before.headers;
    const headers = make(known, route);
    made.set(person, ofPerson.set(route, { session, headers }));
    return headers;
  };
}

type Made = { readonly session: Session; readonly headers: readonly string[] };
