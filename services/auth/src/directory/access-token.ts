import { tracedCall } from '@latchkey/telemetry';
import { parseJsonObject } from '../json.ts';
import { NoToken } from './service-account-signer.ts';
import type { ServiceAccountSigner } from './service-account-signer.ts';

/** Where to get an access token for the directory. */
export type AccessTokenSource = {
  /**
   * One that is good for a while.
   *
   * @throws NoToken, CallError
   */
  get(): Promise<string>;
  /** Forgets a token that was not taken. */
  drop(token: string): void;
};

const scopeRoot = 'https://www.googleapis.com/auth/admin.directory.';

/** A scope of the Directory API, without what is the same in all. */
export type DirectoryScope = 'group.member.readonly' | 'group.readonly';

const notDelegated = new Set(['unauthorized_client', 'access_denied', 'invalid_scope']);

const assertionSeconds = 600;
// No question shall be under way with a token when that ends.
const marginMs = 5 * 60_000;

/**
 * Makes tokens by the assertion of a service account that acts as an administrator (RFC 7523, section 2.1). One question
 * at a time; a token is kept for as long as it lives.
 *
 * @param options.scopes each of which suffices, the least first: an assertion that asks for a scope which was not delegated is
 *   refused as a whole
 * @param options.onScope hears with which scope it works
 */
export function accessTokens(options: {
  signer: ServiceAccountSigner;
  impersonate: string;
  scopes: readonly [DirectoryScope, ...DirectoryScope[]];
  timeoutMs: number;
  /** dates what is signed */
  now: () => number;
  /** counts how long a token is kept */
  elapsed: () => number;
  onScope: (scope: string) => void;
}): AccessTokenSource {
  const { signer, impersonate, scopes, timeoutMs, now, elapsed, onScope } = options;
  let current: { readonly token: string; readonly until: number } | undefined;
  let asking: Promise<string> | undefined;
  let works: DirectoryScope | undefined;

  return {
    get() {
      if (current !== undefined && elapsed() < current.until) return Promise.resolve(current.token);
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      return asking;
    },
    drop(token) {
      if (current?.token === token) current = undefined;
    },
  };

  async function ask(): Promise<string> {
    // A delegation can change: what worked before comes first, and then everything else.
    const tried = [...new Set([...(works === undefined ? [] : [works]), ...scopes])];
    for (const scope of tried) {
      const answer = await exchange(scope);
      if ('refused' in answer) continue;
      if (works !== scope) onScope(scopeRoot + scope);
      works = scope;
      current = {
        token: answer.token,
        until: elapsed() + answer.lifeMs - Math.min(marginMs, answer.lifeMs / 2),
      };
      return answer.token;
    }
    throw new NoToken(
      `the service account may not act as the administrator with the scope ${scopeRoot}${scopes[0]}: delegate it in the Google Admin console`,
      { refused: true },
    );
  }

  async function exchange(scope: string): Promise<{ token: string; lifeMs: number } | { refused: true }> {
    const form = {
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: await assertion(scopeRoot + scope),
    };
    const { status, body } = await tracedCall({
      url: signer.tokenUrl,
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams(form).toString(),
      timeoutMs,
    });
    const answer = parseJsonObject(body) ?? {};
    const { access_token: token, expires_in: seconds, error } = answer;
    if (status === 200 && typeof token === 'string' && typeof seconds === 'number') {
      return { token, lifeMs: seconds * 1000 };
    }
    if (typeof error === 'string' && notDelegated.has(error)) return { refused: true };
    if (error === 'invalid_grant') {
      throw new NoToken(
        'the service account is refused (invalid_grant): it or its key was deleted, the administrator does not exist, or our clock is wrong',
        { refused: true },
      );
    }
    throw new NoToken(`no access token came with status ${status}`, { refused: false });
  }

  function assertion(scope: string): Promise<string> {
    const seconds = Math.floor(now() / 1000);
    return signer.sign({
      iss: signer.clientEmail,
      sub: impersonate,
      aud: signer.tokenUrl.href,
      scope,
      iat: seconds,
      exp: seconds + assertionSeconds,
    });
  }
}
