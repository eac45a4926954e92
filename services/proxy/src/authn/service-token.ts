import { accountOfToken, hashOfToken, tokenPrefix } from '@latchkey/access';
import type { VisitorReason } from '@latchkey/access';
import type { Authenticator, Identified } from '@latchkey/admission';
import { isSameText } from '@latchkey/session';
import type { ServiceAccount } from '@latchkey/upstreams';
import type { Emit } from '@latchkey/telemetry';
import type { ProxyEvent } from '../telemetry/events.ts';
import { bearerToken } from './bearer.ts';

/** What an `Authorization` header shows that is meant as a token of a service account; undefined for all else. */
export function serviceTokenIn(headers: Parameters<typeof bearerToken>[0]): string | undefined {
  const token = bearerToken(headers);
  return token?.startsWith(tokenPrefix) === true ? token : undefined;
}

/**
 * Knows programs by the tokens of their service accounts, on routes that take tokens. Nothing is kept of one: to tell whose it is
 * costs a look-up by its name and one hash, and what is no token costs neither.
 *
 * @param parts.accounts those in force
 * @param parts.now milliseconds since the epoch
 */
export function createServiceTokenAuthenticator(parts: {
  accounts: () => ReadonlyMap<string, ServiceAccount>;
  now: () => number;
  emit: Emit<ProxyEvent>;
}): Authenticator<never> {
  return function identify({ headers, route }): Identified<never> | undefined {
    const token = route.bearer && serviceTokenIn(headers);
    if (token === undefined) return undefined;
    const name = accountOfToken(token);
    const account = name === undefined ? undefined : parts.accounts().get(name);
    if (account === undefined) return visitor('token_invalid');
    const hash = hashOfToken(token);
    const shown = account.tokens.find((one) => isSameText(one.hash, hash));
    if (shown === undefined) return visitor('token_invalid');
    if (shown.expiresAt !== undefined && shown.expiresAt <= parts.now()) return visitor('token_expired');
    const { principal } = account;
    parts.emit({ kind: 'service_account', account: principal.name });
    return { kind: 'machine', principal };
  };
}

function visitor(why: VisitorReason): Identified<never> {
  return { kind: 'visitor', principal: { kind: 'visitor', why } };
}
