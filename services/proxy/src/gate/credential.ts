import type { NobodyReason } from '@latchkey/access';
import { cookieValues, covers, isExpired, isOlderThan, openSession } from '@latchkey/session';
import type { Place } from '@latchkey/session';
import type { Route } from '@latchkey/upstreams';
import { LRUCache } from 'lru-cache';
import { newlyKnown } from '../session-check/known-session.ts';
import type { KnownSession } from '../session-check/known-session.ts';
import type { SessionTokens } from '../session-check/session-token.ts';
import type { SessionCookies, SessionSource } from './session-cookies.ts';

/**
 * A usable session and the cookie value that brought it, or why there is none. `spent`: the host's own cookie holds a
 * session that is over for good.
 */
export type Credential =
  | { readonly known: KnownSession; readonly sent: string }
  | { readonly nobody: NobodyReason; readonly spent?: true };

// A browser that holds more cookies of one name than this is not a browser.
const triedValues = 5;
const keptSessions = 10_000;
const keptUnreadable = 1_000;

// Of several unusable cookies the one that came closest is the one worth telling about.
const closeness: readonly NobodyReason[] = [
  'session_ended',
  'session_expired',
  'session_other_provider',
  'session_elsewhere',
  'session_unreadable',
  'no_session',
];

/**
 * Makes the reader of session cookies. Opening one costs more than the rest of the gate together, so each is opened
 * once and then kept, in a bounded cache keyed by the whole sealed value. What does not open is kept apart: garbage must
 * not push out sessions, and never reaches auth.
 */
export function createCredentialReader(options: {
  cookies: SessionCookies;
  tokens: Pick<SessionTokens, 'toShow'>;
  /** after this a person signs in again (`SESSION_TTL_LIFETIME`), milliseconds */
  lifetimeMs: number;
  now: () => number;
}): (cookieHeader: string | undefined, place: Place, route: Route) => Promise<Credential> {
  const { cookies, tokens, lifetimeMs, now } = options;
  const sessions = new LRUCache<string, KnownSession>({ max: keptSessions });
  const unreadable = new LRUCache<string, true>({ max: keptUnreadable });

  return async function readCredential(cookieHeader, place, route) {
    const found: NobodyReason[] = ['no_session'];
    let spent = false;
    for (const source of cookies.sources(place.host)) {
      for (const sent of cookieValues(cookieHeader, source.name).slice(0, triedValues)) {
        const known = sessions.get(sent) ?? (await open(sent));
        const objection =
          known === undefined ? 'session_unreadable' : objectionTo(known, source, place, route);
        if (known !== undefined && objection === undefined) return { known, sent };
        if (objection !== undefined) found.push(objection);
        spent ||= source.isHosts && (objection === 'session_ended' || objection === 'session_expired');
      }
    }
    const why = closeness.find((reason) => found.includes(reason)) ?? 'no_session';
    return { nobody: why, ...(spent && { spent }) };
  };

  async function open(value: string): Promise<KnownSession | undefined> {
    if (unreadable.has(value)) return undefined;
    const session = await openSession(value, cookies.keys);
    if (session === undefined) {
      // Only what is short enough to have been a cookie is worth remembering, or worth the memory.
      if (value.length <= 4096) unreadable.set(value, true);
      return undefined;
    }
    // Two requests may have opened it side by side: the first one's knowledge is kept.
    const token = await tokens.toShow(session, value);
    const known = sessions.get(value) ?? newlyKnown(session, { token, cookie: value }, now());
    sessions.set(value, known);
    return known;
  }

  function objectionTo(
    { session, ended }: KnownSession,
    source: SessionSource,
    place: Place,
    route: Route,
  ): NobodyReason | undefined {
    if (ended) return 'session_ended';
    if (isExpired(session, now()) || isOlderThan(session, lifetimeMs, now())) return 'session_expired';
    if (!source.accepts(session) || !covers(session, place)) return 'session_elsewhere';
    if (session.idp !== route.providerSlug) return 'session_other_provider';
    return undefined;
  }
}
