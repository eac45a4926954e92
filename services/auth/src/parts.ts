import { canonicalAuthority, withoutImpliedPort } from '@latchkey/http';
import type { Clock } from '@latchkey/http';
import { jwks, loadAssertionKeys } from '@latchkey/identity';
import { attemptCookies, deriveKeys, sessionCookie, sharedFacts } from '@latchkey/session';
import type { KeyRing } from '@latchkey/session';
import type { AuthSettings } from '@latchkey/settings';
import type { Logger } from 'pino';
import type { Emit } from '@latchkey/telemetry';
import { deviceRequests } from './authorization-server/device/requests.ts';
import type { Strangers } from './authorization-server/document/documents.ts';
import { createPrograms } from './authorization-server/programs.ts';
import { createProviders } from './providers/create.ts';
import type { AuthEvent } from './telemetry/events.ts';
import { observeProvider } from './telemetry/observe-provider.ts';
import { providerSessions } from './session/provider-sessions.ts';
import { sessionRecords } from './session/records.ts';
import { sessionStore } from './lifecycle/store.ts';
import type { OpenStore } from './store/open.ts';
import { SettingsError } from './settings-error.ts';
import type { OwnAuthority } from './web/front.ts';

// Half a minute: a provider that was away for less, or slow, has not made anybody sign in again.
const refreshFactor = 6;
// Shorter than the proxy waits for us.
const mostPatienceMs = 4_000;

/**
 * Makes the settings ready for use: the parts of which each handler names those that it needs. Times are milliseconds.
 *
 * @param providerTimeoutMs for each question to a provider
 * @param strangers how to reach those whom programs name, for tests
 * @param mustRefuse whether nobody is to be signed in, because it could not be written down
 * @throws SettingsError
 */
export function createParts(
  settings: AuthSettings,
  options: Clock & {
    log: Logger;
    emit: Emit<AuthEvent>;
    shared: OpenStore;
    providerTimeoutMs: number;
    mustRefuse: () => boolean;
    strangers?: Strangers | undefined;
  },
) {
  const { server, session, client, authorize } = settings;
  const { domain, secure } = session.cookie;
  const authority = ownAuthority(server);

  const { origin } = new URL(`${server.scheme}://${server.host}`);
  const sharedScope = domain === undefined ? { secure } : { secure, domain };
  const sealing = deriveKeys(session.cookie.secrets, 'session');
  const token = deriveKeys(client.secrets, 'session token');
  const shown: KeyRing = [...sealing, ...token];
  const providers = createProviders(settings.providers, {
    ...options,
    origin,
    timeoutMs: options.providerTimeoutMs,
    sessionValidMs: session.validMs,
    refreshMs: options.providerTimeoutMs * refreshFactor,
  });
  const programs = createPrograms(settings, { ...options, issuer: origin });
  return {
    log: options.log,
    emit: options.emit,
    mustRefuse: options.mustRefuse,
    now: options.now,
    elapsed: options.elapsed,
    origin,
    authority,
    cookies: {
      session: sessionCookie(session.cookie.name, sharedScope, sealing),
      sessionExpireMs: session.cookie.expireMs,
      own: { secure },
    },
    attempts: attemptCookies({
      keys: deriveKeys(session.key, 'sign-in attempt'),
      scope: { secure },
      now: options.now,
    }),
    keys: {
      grant: deriveKeys(session.key, 'grant'),
      code: deriveKeys(session.key, 'authorization code'),
      token,
      shown,
      returnAddress: deriveKeys(client.secrets, 'return address'),
      signOutHint: deriveKeys(client.secrets, 'sign-out hint'),
    },
    /** undefined: no program is let in */
    programs,
    devices: deviceRequests(options.shared, options),
    client,
    /** what the proxy compares itself with */
    facts: {
      ...sharedFacts({ client, cookie: session.cookie }),
      ...(programs && { access_token_keys: programs.accessTokens.keys }),
    },
    jwks: jwksOf(settings.assertionKey),
    sessionLifetimeMs: session.lifetimeMs,
    sessionValidMs: session.validMs,
    patienceMs: Math.min(options.providerTimeoutMs, mostPatienceMs),
    accounts: authorize,
    returns: {
      proxyDomains: authorize.proxyDomains,
      ownHost: authority.host,
      ownOrigin: origin,
      cookieDomain: domain,
      secure,
    },
    providers: new Map([...providers].map(([slug, one]) => [slug, observeProvider(one, options.emit)])),
    /** what is remembered of sessions, in the one below */
    store: sessionStore(options.shared, options),
    records: sessionRecords(options.shared, options),
    providerSessions: providerSessions(options.shared),
    shared: options.shared,
  };
}

/** All of them, as the routes are put together from them. */
export type Parts = ReturnType<typeof createParts>;

function jwksOf(assertionKey: string | undefined): string {
  const keys = loadAssertionKeys(assertionKey);
  if ('problem' in keys) {
    throw SettingsError.of({ variable: 'ASSERTION_KEY', code: 'malformed', message: keys.problem });
  }
  return jwks(keys);
}

function ownAuthority({ host, scheme }: AuthSettings['server']): OwnAuthority {
  const authority = canonicalAuthority(host);
  if (authority === undefined) {
    const message = `got "${host}", write a host or host:port`;
    throw SettingsError.of({ variable: 'SERVER_HOST', code: 'malformed', message });
  }
  return { ...withoutImpliedPort({ ...authority, forwardedProto: scheme }, scheme), scheme };
}
