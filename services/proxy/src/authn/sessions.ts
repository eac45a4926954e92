import type { Authenticator } from '@latchkey/admission';
import type { CanonicalRequest, Clock } from '@latchkey/http';
import { deriveKeys } from '@latchkey/session';
import type { ProxySettings } from '@latchkey/settings';
import type { Emit } from '@latchkey/telemetry';
import type { Logger } from 'pino';
import type { AuthReach } from '../auth-reach.ts';
import type { ProxyEvent } from '../telemetry/events.ts';
import { observeIntrospect } from '../telemetry/observe-introspect.ts';
import type { TokenKind } from './bearer.ts';
import { createCredentialReader } from './credential.ts';
import { createEndedSessions } from './ended-sessions.ts';
import type { EndedSessions } from './ended-sessions.ts';
import { createFreshness } from './freshness.ts';
import { createIntrospect } from './introspect.ts';
import { lastUses } from './last-use.ts';
import { createOwnTokenAuthenticator } from './own-token/authenticator.ts';
import { createOwnTokens } from './own-token/keys.ts';
import type { OwnTokens } from './own-token/keys.ts';
import { createPersonCookie } from './person-cookie.ts';
import type { PersonCookie } from './person-cookie.ts';
import { createSessionCheck, keepEndsMs } from './session-check.ts';
import { createSessionCookieAuthenticator } from './session-cookie.ts';
import { sessionCookies } from './session-cookies.ts';
import type { SessionCookies } from './session-cookies.ts';
import { createSessionStates } from './session-state.ts';
import type { KnownSession } from './session-state.ts';
import { sessionTokens } from './session-token.ts';
import type { SessionTokens } from './session-token.ts';

/** What has to do with the sessions of people. */
export type Sessions = {
  readonly cookies: SessionCookies;
  readonly tokens: SessionTokens;
  readonly personCookie: PersonCookie;
  /** those whose end auth has announced */
  readonly ended: EndedSessions;
  readonly authenticator: Authenticator<KnownSession>;
  /** the access tokens of auth, another form of sessions, and what knows people by them */
  readonly ownTokens: OwnTokens;
  readonly byOwnToken: TokenKind;
};

/**
 * Puts together what knows people by their session cookie.
 *
 * @param options.groups that auth is asked about: the same list for as long as it holds the same
 */
export function createSessions({
  settings,
  askAuth,
  comebacks,
  groups,
  issuer,
  origin,
  clock,
  log,
  emit,
}: AuthReach & {
  settings: Pick<ProxySettings, 'client' | 'session'>;
  /** of access tokens: auth */
  issuer: string;
  /** where the host of a request is, for a browser */
  origin: (request: CanonicalRequest) => string;
  groups: () => readonly string[];
  clock: Clock;
  log: Logger;
  emit: Emit<ProxyEvent>;
}): Sessions {
  const { client, session } = settings;
  const { name, secure, domain, secrets, expireMs } = session.cookie;
  const { lifetimeMs, gracePeriodMs } = session.ttl;
  const { now, elapsed } = clock;
  const keys = deriveKeys(secrets, 'session');
  const cookies = sessionCookies({ name, domain, secure, keys, expireMs, lifetimeMs, now });
  const tokens = sessionTokens(deriveKeys(client.secrets, 'session token'), cookies);
  const personCookie = createPersonCookie({ keys: deriveKeys(secrets, 'person mark'), secure });
  const ended = createEndedSessions({ keepMs: keepEndsMs(session.ttl), elapsed });
  const states = createSessionStates(clock);
  const credentials = createCredentialReader({ cookies, tokens, states, lifetimeMs, clock });
  const check = createSessionCheck({
    introspect: observeIntrospect(createIntrospect(askAuth, gracePeriodMs), emit),
    tokens,
    groups,
    ended,
    clocks: session.ttl,
    clock,
    comebacks,
    onRenewed: credentials.renewed,
    log,
    emit,
  });
  const freshness = createFreshness({
    lastUses: lastUses({ keys: deriveKeys(secrets, 'last use'), secure, now }),
    now,
  });
  const authenticator = createSessionCookieAuthenticator({
    personCookie,
    freshness,
    readCredential: credentials.read,
    check,
  });
  const ownTokens = createOwnTokens({ issuer, now });
  const byOwnToken = createOwnTokenAuthenticator({
    issuer,
    tokens: ownTokens,
    states,
    check,
    freshness,
    origin,
    lifetimeMs,
    clock,
  });
  return { cookies, tokens, personCookie, ended, authenticator, ownTokens, byOwnToken };
}
