import { isWithinDomain } from '@latchkey/session';
import type { Route } from '@latchkey/upstreams';

/**
 * What an operator should hear about routes that no sign-in can reach: a browser sends the session cookie to hosts under
 * its domain only. A rewrite pattern names no host that could be checked.
 *
 * @param domain `SESSION_COOKIE_DOMAIN`
 */
export function unreachableHosts(routes: readonly Route[], domain: string | undefined): string[] {
  if (routes.length === 0) return [];
  if (domain === undefined) {
    return [
      'SESSION_COOKIE_DOMAIN: not set, so no application host gets the session cookie and nobody can sign in; ' +
        'write the domain that auth and the applications share, the same in both services',
    ];
  }
  return routes.flatMap(({ host: authority, service }) => {
    const host = authority?.replace(/:\d+$/, '');
    if (host === undefined || isWithinDomain(host, domain)) return [];
    return [`${service}: ${host} is outside SESSION_COOKIE_DOMAIN (${domain}): nobody can sign in there`];
  });
}
