import { admitAccount } from '@latchkey/access';
import type { Machine, Person } from '@latchkey/access';
import type { Identified } from '@latchkey/admission';
import type { Issuer } from '@latchkey/upstreams';
import type { JWTPayload } from 'jose';

type Caller = Extract<Identified<never>, { kind: 'machine' | 'program' }>;

// RFC 6749, section 3.3: scope-token.
const scopeToken = /^[!#-[\]-~]+$/;
// Subjects and client ids are in logs and in headers.
const shortText = /^[\x20-\x7e]{1,255}$/;
// What is past these names no group of a route.
const longestGroup = 320;

/** Who calls, by claims that have been checked; a text where they name nobody, which says what is wrong with them. */
export function callerOf(claims: JWTPayload, issuer: Issuer): Caller | string {
  const { subject: subjectClaim, groups: groupsClaim, ...names } = issuer.claims;
  const subject = claims[subjectClaim];
  if (!isShort(subject)) return `they name no subject (${subjectClaim})`;
  const client = valueOf(claims, names.client);
  if (client !== undefined && !isShort(client)) return `the name of the client (${names.client.join(', ')})`;
  const facts = {
    groups:
      groupsClaim === undefined
        ? []
        : textsOf(claims[groupsClaim]).filter(({ length }) => length <= longestGroup),
    scopes: scopesOf(valueOf(claims, names.scopes)),
    issuer: issuer.issuer,
    ...(client !== undefined && { client }),
  };
  if (issuer.callers === 'people') {
    const areGroupsUnknown = groupsClaim === undefined || claims[groupsClaim] === undefined;
    const principal = personOf(claims, areGroupsUnknown ? { ...facts, groupsUnknown: true } : facts, issuer);
    return typeof principal === 'string' ? principal : { kind: 'program', principal, subject };
  }
  const name = `${issuer.issuer}#${subject}`;
  return { kind: 'machine', principal: { kind: 'machine', name, ...facts, subject, claims } };
}

// Anyone who may sign in with a provider of auth has a verified address, and so has a person here: of a domain for which the file
// lets the issuer vouch.
function personOf(
  { email, email_verified: verified }: JWTPayload,
  facts: Pick<Machine, 'groups' | 'scopes' | 'issuer' | 'client'> & Pick<Person, 'groupsUnknown'>,
  { emailDomains }: Issuer,
): Person | string {
  const account = { email: typeof email === 'string' ? email : undefined, emailVerified: verified === true };
  const decision = admitAccount(account, { emailDomains, emailAddresses: [] });
  if (decision.admitted) return { kind: 'person', email: decision.email, ...facts };
  return decision.code === 'email_unverified'
    ? 'they name no verified address (email, email_verified)'
    : 'the issuer does not vouch for this address (email_domains)';
}

function valueOf(claims: JWTPayload, names: readonly string[]): unknown {
  const name = names.find((one) => claims[one] !== undefined);
  return name === undefined ? undefined : claims[name];
}

function scopesOf(value: unknown): readonly string[] {
  const scopes = typeof value === 'string' ? value.split(' ') : textsOf(value);
  return [...new Set(scopes.filter((scope) => scopeToken.test(scope)))];
}

function textsOf(value: unknown): readonly string[] {
  return [value].flat().filter((one): one is string => typeof one === 'string');
}

function isShort(value: unknown): value is string {
  return typeof value === 'string' && shortText.test(value);
}
