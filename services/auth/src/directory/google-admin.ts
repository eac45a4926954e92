import { CallError } from '@latchkey/http';
import type { Answer } from '@latchkey/http';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { isJsonObject, parseJsonObject } from '../json.ts';
import { callProvider } from '../telemetry/asking.ts';
import type { AccessTokens } from './access-token.ts';
import { NoToken } from './assertion-signer.ts';
import { unavailable } from './directory.ts';
import type { AskMembership, Membership } from './directory.ts';
import { retryAfterMs } from './pause.ts';
import type { Pause } from './pause.ts';

/** How to ask, and whom. */
export type GoogleAdmin = {
  /** of the Directory API, without a slash at its end */
  readonly base: string;
  readonly tokens: AccessTokens;
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

/** Makes the questions to Google's Admin SDK Directory, over HTTP. Groups inside of groups count. */
export function askGoogleAdmin({
  base,
  tokens,
  pause,
  timeoutMs,
  now,
  elapsed,
  log,
}: GoogleAdmin): AskMembership {
  const mentioned = new LRUCache<string, true>({
    max: keptMentions,
    ttl: mentionAgainMs,
    ttlResolution: 0,
    perf: { now: elapsed },
  });

  return async function ask(group, person) {
    const answer = await get(group, 'hasMember', person);
    if (answer.status === 200) return isMember(answer);
    // Google answers about people of the group's own domains only; of others it tells whether they are direct members.
    if (answer.status === 400) return isActiveMember(group, await get(group, 'members', person));
    return withoutAnswer(group, answer);
  };

  function isActiveMember(group: string, answer: Answer): Membership {
    if (answer.status === 200) return fieldOf(answer, 'status') === 'ACTIVE' ? 'member' : 'not a member';
    if (answer.status === 400) {
      mention('warn', group, 'allowed_groups names what Google takes for no group');
      return 'not a member';
    }
    return withoutAnswer(group, answer);
  }

  function withoutAnswer(group: string, answer: Answer): Membership {
    if (answer.status === 404) {
      if (!isAboutMember(answer)) {
        mention('warn', group, 'allowed_groups names a group that the directory does not have');
      }
      return 'not a member';
    }
    if (answer.status === 403) {
      mention('error', group, 'Google does not let us see who is in a group that allowed_groups names');
      return 'untold';
    }
    throw failed(`status ${answer.status}`, { begin: false });
  }

  async function get(group: string, what: 'hasMember' | 'members', person: string): Promise<Answer> {
    const url = new URL(`${base}/groups/${encodeURIComponent(group)}/${what}/${encodeURIComponent(person)}`);
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
  }

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

  // Once an hour for each: the operator has to hear it, and not from every person anew.
  function mention(level: 'warn' | 'error', group: string, message: string): void {
    const key = JSON.stringify([group, message]);
    if (mentioned.has(key)) return;
    mentioned.set(key, true);
    log[level]({ group }, message);
  }

  function isMember(answer: Answer): Membership {
    const value = fieldOf(answer, 'isMember');
    // JSON of Google may leave out what is false.
    if (value === false || value === undefined) return 'not a member';
    if (value === true) return 'member';
    throw failed('an answer that cannot be read', { begin: false });
  }
}

function fieldOf({ body }: Answer, name: string): unknown {
  return parseJsonObject(body)?.[name];
}

// The form that every error of Google's has; undefined where an answer has another one.
function errorOf({ status, body }: Answer): { message: string; reason: string } | undefined {
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

function isAboutMember(answer: Answer): boolean {
  return /\bmemberKey\b/.test(errorOf(answer)?.message ?? '');
}
