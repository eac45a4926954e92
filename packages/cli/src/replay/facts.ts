import { noDeviceTrust } from '@latchkey/access';
import type { Facts, Person, Policy, Machine, Principal, Reason } from '@latchkey/access';
import type { PrincipalLine, RequestLine } from '@latchkey/contract';
import { canonicalPath } from '@latchkey/http';

/** Why a line of the log does not say enough to decide about its request anew. */
export const unknowns = {
  no_decision: 'nothing was decided: an address of the proxy itself, an unknown host, a malformed request',
  unverified: 'who asked could not be checked at that moment',
  principal: 'the log does not say who asked: the line about them was written before it begins',
  groups: 'the log does not say who is in a group that the file names: no route named that group then',
  preflight: 'a request with OPTIONS, and the log does not say whether it was a preflight',
  policy:
    'a rule of a policy reads what no line of the log says: a header, a device, a claim, an account or its sign-in',
} as const;
export type Unknown = keyof typeof unknowns;

/** What rules may read of a logged request, as far as its line says it. */
export function factsOf(
  { method, path, host = '', client = '', question }: RequestLine,
  reason: Reason,
  time: string,
): Facts {
  // RFC 4918, section 9.8: they are about a second path as well, which no line holds.
  const isAboutOne = method !== 'COPY' && method !== 'MOVE';
  return {
    path: isAboutOne && path !== undefined ? canonicalPath(path) : undefined,
    preflight: reason === 'preflight',
    asked: {
      method,
      host,
      address: client,
      rawHeaders: [],
      forwardAuth: question === true,
      deviceTrust: noDeviceTrust,
      now: () => Date.parse(time),
    },
  };
}

const unsaid = /^(?:request\.headers|device\.|user\.(?:sub|idp|auth_time|amr)$|machine\.(?:claims|aws_role))/;

/** Whether a rule of a policy reads what no line says. */
export function readsMore({ gates, forPrincipals }: Policy): boolean {
  const rules = [
    ...gates.flatMap((gate) => gate.rules),
    ...forPrincipals.flatMap(({ written }) => written ?? []),
  ];
  return rules.some(({ facts }) => facts.some(({ name }) => unsaid.test(name)));
}

/**
 * Who sent a logged request.
 *
 * @param about what a line before it says of them
 * @param asked the groups about which that line says something
 */
export function principalOf(
  { user, client_id, scope }: RequestLine,
  reason: Reason,
  about: PrincipalLine | undefined,
  asked: readonly string[],
): Principal {
  if (user === undefined || isOfVisitor(reason)) return { kind: 'visitor', why: 'no_session' };
  const scopes = scope?.split(' ').filter((entry) => entry !== '');
  const token = {
    ...(client_id !== undefined && { client: client_id }),
    ...(about?.issuer !== undefined && { issuer: about.issuer }),
  };
  if (about?.kind === 'machine') {
    const { groups = [], subject } = about;
    const machine: Machine = { kind: 'machine', name: user, groups, scopes: scopes ?? [], ...token };
    return subject === undefined ? machine : { ...machine, subject };
  }
  const person: Person = { kind: 'person', email: user, groups: about?.groups, askedGroups: asked, ...token };
  return scopes === undefined ? person : { ...person, scopes };
}

function isOfVisitor(reason: Reason): boolean {
  return /^(?:no_session|session_|token_)/.test(reason);
}
