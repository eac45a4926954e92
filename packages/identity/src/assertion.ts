import { createHash, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { HeaderList } from './headers.ts';

/** The header of an assertion where a route names no other. */
export const assertionHeaderName = 'X-Latchkey-Jwt-Assertion';

/** How long an assertion is good, seconds. */
export const assertionLifetime = 300;

/** RFC 7519, section 4.1.5 allows for clocks that differ; libraries seldom do unless they are configured to. */
const skew = 60;

/** What an assertion says about a person. Times are seconds since the epoch. */
export type AssertedPerson = {
  readonly sub: string;
  readonly email: string;
  /** the part of the address before the `@` */
  readonly user: string;
  readonly name?: string | undefined;
  /** only groups that the route names */
  readonly groups: readonly string[];
  readonly idp: string;
};

/** What there is to say about a person. */
export const assertedFacts = [
  'email',
  'user',
  'name',
  'groups',
  'sub',
  'idp',
] as const satisfies ReadonlyArray<keyof AssertedPerson>;

/** The claims that every assertion has, and that a route cannot change. */
export const ownClaims: readonly string[] = [
  'iss',
  'aud',
  'sub',
  'email',
  'email_verified',
  'groups',
  'idp',
  'sid',
  'auth_time',
  'iat',
  'nbf',
  'exp',
  'jti',
];

/** A claim that a route adds: a text, or something that is said about the person under another name. */
export type AddedClaim = readonly [name: string, value: string | { readonly of: keyof AssertedPerson }];

/** What an assertion is about. Times are seconds since the epoch. */
export type AssertionSubject = {
  readonly person: AssertedPerson;
  readonly issuer: string;
  /** the public origin of the route */
  readonly audience: string;
  readonly session: { readonly sid: string; readonly auth_time: number; readonly exp: number };
  readonly added: readonly AddedClaim[];
};

/** Signs assertions with one key. */
export type AssertionSigner = { readonly kid: string; readonly privateKey: KeyObject };

/**
 * Signs what is said about a person: a JWT (RFC 7519) with ES256 (RFC 7518, section 3.4). Its type keeps it apart from every
 * other kind of token (RFC 8725, section 3.11).
 *
 * @param now seconds since the epoch
 * @returns the token in its compact form, and until when it is good, in seconds since the epoch
 */
export function signAssertion(
  { kid, privateKey }: AssertionSigner,
  { person, issuer, audience, session, added }: AssertionSubject,
  now: number,
): { readonly token: string; readonly exp: number } {
  const exp = Math.min(now + assertionLifetime, session.exp);
  const claims = {
    ...Object.fromEntries(added.map(([name, value]) => [name, claimed(value, person)])),
    iss: issuer,
    aud: audience,
    sub: person.sub,
    email: person.email,
    email_verified: true,
    groups: person.groups,
    idp: person.idp,
    sid: sidHash(session.sid),
    auth_time: session.auth_time,
    iat: now,
    nbf: now - skew,
    exp,
    jti: randomBytes(16).toString('base64url'),
  };
  const signed = `${encoded({ alg: 'ES256', typ: 'latchkey+jwt', kid })}.${encoded(claims)}`;
  // JWS wants the two numbers side by side (RFC 7518, section 3.4), not in ASN.1.
  const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return { token: `${signed}.${signature.toString('base64url')}`, exp };
}

/**
 * The header that carries an assertion.
 *
 * @param header.scheme goes in front of the token, as `Bearer` does in `Authorization` (RFC 6750, section 2.1); empty: nothing
 */
export function assertionHeader(
  { name, scheme }: { readonly name: string; readonly scheme: string },
  token: string,
): HeaderList {
  return [[name, scheme === '' ? token : `${scheme} ${token}`]];
}

// What tells sessions apart, and is of no use where a session could be ended or looked up by its own name.
function sidHash(sid: string): string {
  return createHash('sha256').update(`latchkey assertion ${sid}`).digest('base64url');
}

function claimed(value: AddedClaim[1], person: AssertedPerson): unknown {
  return typeof value === 'string' ? value : person[value.of];
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
