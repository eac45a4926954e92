/** What an upstream gets about the person. */
export type Identity = {
  readonly user: string;
  readonly email: string;
  /** only groups that the route names */
  readonly groups: readonly string[];
};

/** Header names and values in the order they are sent. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/**
 * The identity headers, as BuzzFeed SSO sends them. All of them, always: a header that is present but empty says that
 * there is nothing, a missing one invites the reader to look elsewhere.
 */
export function identityHeaders(identity: Identity): HeaderList {
  return [
    ['X-Forwarded-User', headerValue(identity.user)],
    ['X-Forwarded-Email', headerValue(identity.email)],
    ['X-Forwarded-Groups', headerValue(identity.groups.filter(isSayable).join(','))],
  ];
}

// A reader takes the list apart at its commas and trims what it finds, and control characters are taken out below: a group
// of such a name would read as another one, or as several.
function isSayable(group: string): boolean {
  return group !== '' && group === group.trim() && !/[,\p{Cc}]/u.test(group);
}

/**
 * The provider's access token, for a route that passes it on.
 *
 * @param accessToken empty where there is none
 */
export function accessTokenHeader(accessToken: string): HeaderList {
  return [['X-Forwarded-Access-Token', headerValue(accessToken)]];
}

// RFC 9110, section 5.6.2.
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// So that a token of eight thousand letters does not become a head that no application takes.
const mostScopes = 100;

/**
 * What an application gets of a token. Scopes that are no part of a header name are left out, and counted.
 *
 * @param named.subject what the issuer calls the caller: another one may call somebody else so
 */
export function tokenHeaders(
  { subject, issuer }: { readonly subject: string; readonly issuer: string | undefined },
  scopes: readonly string[],
): { readonly headers: HeaderList; readonly leftOut: number } {
  const sayable = scopes.filter((scope) => token.test(scope)).slice(0, mostScopes);
  return {
    headers: [
      ['X-Jwt-Subject', headerValue(subject)],
      ...(issuer === undefined ? [] : [['X-Jwt-Issuer', headerValue(issuer)] as const]),
      ...sayable.map((scope) => [`X-Jwt-Scope-${scope}`, 'true'] as const),
    ],
    leftOut: scopes.length - sayable.length,
  };
}

// RFC 9110, section 5.5: values are octets. Node writes one octet per character, so text goes in as its UTF-8 octets;
// control characters have no place in a value and would end the line.
function headerValue(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is removed
  return Buffer.from(text.replace(/[\u0000-\u001f\u007f]/g, ''), 'utf8').toString('latin1');
}
