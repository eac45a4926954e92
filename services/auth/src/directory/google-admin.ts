import { CallError } from '@latchkey/http';
import type { Answer } from '@latchkey/http';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { isJsonObject, parseJsonObject } from '../json.ts';
import { callProvider } from '../telemetry/asking.ts';
import type { AccessTokenSource } from './access-token.ts';
import { NoToken } from './service-account-signer.ts';
import { unavailable } from './directory.ts';
import { retryAfterMs } from './pause.ts';
import type { Pause } from './pause.ts';

/** Google's Admin SDK Directory, over HTTP. */
export type GoogleAdmin = {
  /**
   * Asks it something. Whatever the answer says about groups and people is the caller's to read.
   *
   * @param path under the address of the API
   * @throws HttpError `provider_unavailable` where no answer of Google's came, or one that is about us
   */
  readonly get: (path: string) => Promise<Answer>;
  /** An answer came that cannot be read. */
  readonly unreadable: (detail: string) => Error;
  /** Tells the operator, once an hour: they have to hear it, and not from every person anew. */
  readonly mention: (
    level: 'warn' | 'error',
    message: string,
    about: Readonly<Record<string, string>>,
  ) => void;
};

/** How to ask, and whom. */
export type GoogleAdminOptions = {
  /** of the Directory API, without a slash at its end */
  readonly base: string;
  readonly tokens: AccessTokenSource;
  readonly pause: Pause;
  readonly timeoutMs: number;
  readonly now: () => number;
  readonly elapsed: () => number;
  readonly log: Logger;
};

// Google says "too much" with 429, and with 403 and one of these.
const overloaded = new Set([
  'rateLimitExceeded',
  'userRateLimitExceeded',
  'quotaExceeded',
  'dailyLimitExceeded',
]);
// These say with 403 that we may not ask at all, which is about no group.
const unwelcome = new Set(['accessNotConfigured', 'insufficientPermissions', 'insufficientScopes']);

const keptMentions = 1_000;
const mentionAgainMs = 3_600_000;

/** Makes the way to Google's directory: with a token, and with pauses where it does no good to ask. */
export function createGoogleAdmin({
  base,
  tokens,
  pause,
  timeoutMs,
  now,
  elapsed,
  log,
}: GoogleAdminOptions): GoogleAdmin {
  const mentioned = new LRUCache<string, true>({
    max: keptMentions,
    ttl: mentionAgainMs,
    ttlResolution: 0,
    perf: { now: elapsed },
  });

  return {
    async get(path) {
      const url = new URL(`${base}/${path}`);
      const first = await send(url);
      // A token may be taken back before its time; one that was not taken twice is not to blame.
      const answer = first.status === 401 ? await send(url) : first;
      const { status } = answer;
      const reason = errorOf(answer)?.reason ?? '';
      if (status === 429 || status === 503 || overloaded.has(reason)) {
        const askedForMs = retryAfterMs(answer.retryAfter, now());
        throw failed(`it is asked too much, or too busy (${status})`, { begin: true, askedForMs });
      }
      if (status === 401 || (status === 403 && unwelcome.has(reason))) {
        throw failed(`it does not let us ask at all (${status} ${reason})`, { begin: true });
      }
      // What stands in between may also say 200, 403 or 404, and knows nothing about groups.
      const isGoogles = status === 200 ? parseJsonObject(answer.body) : errorOf(answer);
      if (isGoogles === undefined) throw failed(`no answer of Google's, status ${status}`, { begin: false });
      pause.answered();
      return answer;
    },
    unreadable: (detail) => failed(detail, { begin: false }),
    mention(level, message, about) {
      const key = JSON.stringify([message, about]);
      if (mentioned.has(key)) return;
      mentioned.set(key, true);
      log[level](about, message);
    },
  };

  async function send(url: URL): Promise<Answer> {
    pause.check();
    try {
      const token = await tokens.get();
      const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
      const answer = await callProvider({ url, method: 'GET', headers, timeoutMs });
      if (answer.status === 401) tokens.drop(token);
      return answer;
    } catch (error) {
      if (error instanceof NoToken) throw failed(error.message, { begin: error.refused });
      if (error instanceof CallError) throw failed(error.reason, { begin: false }, error);
      throw error;
    }
  }

  function failed(
    detail: string,
    how: { begin: boolean; askedForMs?: number | undefined },
    cause?: unknown,
  ): Error {
    pause.failed({ detail, ...how });
    return unavailable(detail, cause);
  }
}

/** The form that every error of Google's has; undefined where an answer has another one. */
export function errorOf({ status, body }: Answer): { message: string; reason: string } | undefined {
  const { error } = parseJsonObject(body) ?? {};
  if (!isJsonObject(error) || error['code'] !== status) return undefined;
  const { message, errors } = error;
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  const reason = isJsonObject(first) ? first['reason'] : undefined;
  return {
    message: typeof message === 'string' ? message : '',
    // Its words are from a small alphabet; anything else in their place stays out of the log.
    reason: typeof reason === 'string' && /^[A-Za-z]{1,40}$/.test(reason) ? reason : '',
  };
}
