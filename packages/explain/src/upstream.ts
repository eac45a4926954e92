import { namedGroups, userOf } from '@latchkey/access';
import type { Person } from '@latchkey/access';
import type { Forward } from '@latchkey/admission';
import { authorityOf } from '@latchkey/http';
import { identityHeaders, isReserved } from '@latchkey/identity';
import type { Route } from '@latchkey/upstreams';

/** What an application is sent. */
export type Forwarded = {
  readonly url: string;
  /** As the values of some headers are secrets, those of the file have none here. */
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>;
};

/** What an application is sent of a request that may pass. On a public path nothing about anybody is told. */
export function forwardedAs(
  { request, route, identified, target, path }: Forward<unknown>,
  hasAssertions: boolean,
): Forwarded {
  const upstreamHost = target.origin.slice(target.origin.indexOf('//') + 2);
  return {
    url: target.socketPath === undefined ? target.origin + path : `unix:${target.socketPath} ${path}`,
    headers: [
      ['Host', route.preserveHost ? authorityOf(request) : upstreamHost],
      ...(identified.kind === 'person' ? personHeaders(identified.principal, route, hasAssertions) : []),
    ],
  };
}

function personHeaders(
  person: Person,
  route: Route,
  hasAssertions: boolean,
): Array<readonly [name: string, value: string]> {
  const { email } = person;
  const identity = { user: userOf(email), email, groups: namedGroups(person, route.policy) };
  const injected = route.injectRequestHeaders.filter(([name]) => !isReserved(name));
  return [
    ...injected.map(([name]) => [name, '(of the file)'] as const),
    ...identityHeaders(identity).map(([name, value]) => [name, asText(value)] as const),
    ...(hasAssertions ? [[route.assertionHeader.name, '(signed for this application)'] as const] : []),
    ...(route.passAccessToken ? [['X-Forwarded-Access-Token', '(of the provider)'] as const] : []),
  ];
}

/** A header value is octets, one to a character. */
function asText(octets: string): string {
  return Buffer.from(octets, 'latin1').toString('utf8');
}
