import type { Principal } from '@latchkey/access';
import { tokenHeaders } from '@latchkey/identity';
import type { Emit } from '@latchkey/telemetry';
import type { ProxyEvent } from '../telemetry/events.ts';

/**
 * Makes what an application gets of a token, as a flat list of headers; nothing about a principal without scopes of their
 * own. It is made once for each principal, and with it the count of the scopes that no header can name.
 */
export function createTokenHeaders(
  emit: Emit<ProxyEvent>,
): (principal: Exclude<Principal, { kind: 'visitor' }>, subject: string) => readonly string[] {
  const made = new WeakMap<Principal, readonly string[]>();
  return function headersOf(principal, subject) {
    const { scopes, issuer } = principal;
    if (scopes === undefined) return [];
    const before = made.get(principal);
    if (before !== undefined) return before;
    const { headers, leftOut } = tokenHeaders({ subject, issuer }, scopes);
    if (leftOut > 0) emit({ kind: 'scopes_left_out', scopes: leftOut });
    const flat = headers.flat();
    made.set(principal, flat);
    return flat;
  };
}
