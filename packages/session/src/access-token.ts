import { z } from 'zod';
import { readSession } from './record.ts';
import type { Session } from './record.ts';

/** RFC 9068, section 2.1: it keeps access tokens apart from every other kind of token (RFC 8725, section 3.11). */
export const accessTokenType = 'at+jwt';

/** What a person lets a program do for them. */
export type Delegation = {
  /** the session of the person, as a host that it is handed over to has it: what ends that ends this */
  readonly session: Session;
  /** the `client_id` of the program */
  readonly client: string;
  /** the origin of an application, which alone takes the tokens (RFC 8707) */
  readonly resource: string;
  readonly scopes: readonly string[];
  /** what all tokens of one approval have in common: an end of it is an end of them all */
  readonly family: string;
};

/** An access token that was read. Times are seconds since the epoch. */
export type AccessToken = Delegation & { readonly iat: number; readonly exp: number };

const text = z.string().min(1);
const schema = z.object({
  aud: text,
  client_id: text,
  scope: z.string(),
  iat: z.int(),
  exp: z.int(),
  family: text,
  session_exp: z.int(),
});

/** The claims of an access token (RFC 9068, section 2.2), without those of its issuer. */
export function accessTokenClaims(
  { session, client, resource, scopes, family }: Delegation,
  { iat, exp }: { readonly iat: number; readonly exp: number },
): Record<string, unknown> {
  const { aud: _aud, host_only: _hostOnly, iat: _iat, exp: session_exp, ...person } = session;
  return {
    ...person,
    aud: resource,
    client_id: client,
    scope: scopes.join(' '),
    iat,
    exp,
    family,
    session_exp,
  };
}

/** Reads claims whose signature, issuer, type and end have been checked; undefined where they are not those of an access token. */
export function readAccessToken(claims: unknown): AccessToken | undefined {
  const read = schema.safeParse(claims).data;
  if (read === undefined || typeof claims !== 'object') return undefined;
  const { aud: resource, client_id: client, scope, iat, exp, family, session_exp } = read;
  const session = readSession({
    ...claims,
    aud: URL.parse(resource)?.host,
    host_only: true,
    exp: session_exp,
  });
  return session && { session, client, resource, scopes: scopesOf(scope), family, iat, exp };
}

/** RFC 6749, section 3.3: a list with blanks between. */
export function scopesOf(scope: string): readonly string[] {
  return [...new Set(scope.split(' ').filter((one) => one !== ''))];
}
