import { namedGroups, nameOf, userOf } from '@latchkey/access';
import type { Person } from '@latchkey/access';
import type { Forward } from '@latchkey/admission';
import { authorityOf } from '@latchkey/http';
import { identityHeaders, isReserved, tokenHeaders } from '@latchkey/identity';
import { targetAuthority } from '@latchkey/upstreams';
import type { Route, Target } from '@latchkey/upstreams';

/** What an application is sent. */
export type Forwarded = {
  readonly url: string;
  /** As the values of some headers are secrets, those of the file have none here. */
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>;
};

/** What an application is sent of a request that may pass. On a public path nothing about anybody. */
export function forwardedAs(
  { request, route, identified, target, path }: Forward<unknown>,
  hasAssertions: boolean,
): Forwarded {
  return {
    url: addressOf(target, route.tcp === undefined ? path : ''),
    headers: [
      ['Host', route.preserveHost ? authorityOf(request) : targetAuthority(target)],
      ...(identified.kind === 'visitor' ? [] : injectedHeaders(route)),
      ...(identified.kind === 'person' ? sessionHeaders(identified.principal, route, hasAssertions) : []),
      ...(identified.kind === 'program' ? personHeaders(identified.principal, route) : []),
      ...tokenHeadersOf(identified),
    ],
  };
}

function addressOf({ origin, socketPath }: Target, path: string): string {
  return socketPath === undefined ? origin + path : `unix:${socketPath} ${path}`;
}

type Headers = Array<readonly [name: string, value: string]>;

function injectedHeaders({ injectRequestHeaders }: Route): Headers {
  return injectRequestHeaders.filter(([name]) => !isReserved(name)).map(([name]) => [name, '(of the file)']);
}

function personHeaders(person: Person, { policy }: Route): Headers {
  const { email } = person;
  const identity = { user: userOf(email), email, groups: namedGroups(person, policy) };
  return identityHeaders(identity).map(([name, value]) => [name, asText(value)]);
}

function sessionHeaders(person: Person, route: Route, hasAssertions: boolean): Headers {
  return [
    ...personHeaders(person, route),
    ...(hasAssertions ? [[route.assertionHeader.name, '(signed for this application)'] as const] : []),
    ...(route.passAccessToken ? [['X-Forwarded-Access-Token', '(of the provider)'] as const] : []),
  ];
}

function tokenHeadersOf(identified: Forward<unknown>['identified']): Headers {
  if (identified.kind !== 'program' && identified.kind !== 'machine') return [];
  const { principal } = identified;
  const { issuer, scopes = [] } = principal;
  const subject = identified.kind === 'program' ? identified.subject : identified.principal.subject;
  const named = { subject: subject ?? nameOf(principal) ?? '', issuer };
  return tokenHeaders(named, scopes).headers.map(([name, value]) => [name, asText(value)]);
}

/** A header value is octets, one to a character. */
function asText(octets: string): string {
  return Buffer.from(octets, 'latin1').toString('utf8');
}
