import type { Identified } from '@latchkey/admission';
import type { Route } from '@latchkey/upstreams';
import type { Requester, ShownToken } from './request.ts';

/** Who calls with a token: in the name of a person, or else a program for itself. Nobody where the route takes no tokens. */
export function callerWith(
  token: ShownToken | undefined,
  requester: Requester,
  { bearer }: Route,
): Identified<Requester> | undefined {
  if (token === undefined || bearer === undefined) return undefined;
  const { subject, client, issuer } = token;
  if (requester !== undefined) {
    const { email, groups } = requester;
    const ofProgram = { scopes: token.scopes, ...(client && { client }), ...(issuer && { issuer }) };
    const principal = { kind: 'person', email, groups, ...ofProgram } as const;
    return { kind: 'program', principal, subject: subject ?? email };
  }
  const called = subject ?? client ?? 'a program';
  const name = issuer === undefined ? called : `${issuer}#${called}`;
  return { kind: 'machine', principal: { kind: 'machine', name, groups: [], ...token } };
}
