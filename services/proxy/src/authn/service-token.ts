import { accountOfToken, hashOfToken, tokenPrefix } from '@latchkey/access';
import type { Identified } from '@latchkey/admission';
import { isSameText } from '@latchkey/session';
import type { ServiceAccount, ServiceTokenHash } from '@latchkey/upstreams';
import type { Emit } from '@latchkey/telemetry';
import type { ProxyEvent } from '../telemetry/events.ts';
import { refusedToken } from './bearer.ts';
import type { TokenKind } from './bearer.ts';

/** A token of the file that was shown and counts, and whose it is. */
export type FoundServiceToken = { readonly account: ServiceAccount; readonly token: ServiceTokenHash };

/** A kind of token, which is asked outside of a request for an application, too. */
export type ServiceTokens = TokenKind & {
  /** Finds it; a visitor with one that does not count, and undefined for what is none. */
  readonly find: (token: string) => FoundServiceToken | ReturnType<typeof refusedToken> | undefined;
  /** the account whose token it is; undefined for one that does not count */
  readonly accountOf: (token: string) => string | undefined;
};

/**
 * Knows programs by the tokens of their service accounts, on routes that take tokens. Nothing is kept of one: to tell whose it is
 * costs a look-up by its name and one hash, and what is no token costs neither.
 *
 * @param parts.accounts those in force
 * @param parts.now milliseconds since the epoch
 */
export function createServiceTokens(parts: {
  accounts: () => ReadonlyMap<string, ServiceAccount>;
  now: () => number;
  emit: Emit<ProxyEvent>;
}): ServiceTokens {
  return {
    find,
    identify,
    accountOf(token) {
      const found = identify(token);
      return found?.kind === 'machine' ? found.principal.name : undefined;
    },
  };

  function identify(token: string): Identified<never> | undefined {
    const found = find(token);
    if (found === undefined || 'kind' in found) return found;
    return { kind: 'machine', principal: found.account.principal };
  }

  function find(token: string): ReturnType<ServiceTokens['find']> {
    if (!token.startsWith(tokenPrefix)) return undefined;
    const name = accountOfToken(token);
    if (name === undefined) return refusedToken('token_invalid', 'its form');
    const account = parts.accounts().get(name);
    if (account === undefined) return refusedToken('token_invalid', 'no such service account');
    const whose = `of the service account ${name}`;
    const hash = hashOfToken(token);
    const shown = account.tokens.find((one) => isSameText(one.hash, hash));
    if (shown === undefined) return refusedToken('token_invalid', `none ${whose}`);
    if (isOver(shown, parts.now())) return refusedToken('token_expired', whose);
    parts.emit({ kind: 'service_account', account: name });
    return { account, token: shown };
  }
}

/** @param now milliseconds since the epoch */
export function isOver({ expiresAt }: ServiceTokenHash, now: number): boolean {
  return expiresAt !== undefined && expiresAt <= now;
}
