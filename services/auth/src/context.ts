import type { AccountRules } from '@latchkey/access';
import { canonicalAuthority, withoutImpliedPort } from '@latchkey/http';
import type { Authority, Clock } from '@latchkey/http';
import { attemptCookies, deriveKeys, sessionCookie } from '@latchkey/session';
import type { AttemptCookies, CookieScope, KeyRing, SessionCookie } from '@latchkey/session';
import type { AuthSettings, ClientSettings } from '@latchkey/settings';
import type { Logger } from 'pino';
import { createProviders } from './providers/create.ts';
import type { Provider } from './providers/provider.ts';
import type { Tell } from './record/events.ts';
import { observeProvider } from './record/observe-provider.ts';
import { memoryStore } from './session/store.ts';
import type { Store } from './session/store.ts';
import { SettingsError } from './settings-error.ts';
import type { ReturnRules } from './sign-in/return-address.ts';

/** What every part of auth works with: the settings, made ready for use. Times are milliseconds. */
export type Context = Clock & {
  readonly log: Logger;
  readonly tell: Tell;
  /** our own, as browsers write it */
  readonly origin: string;
  readonly authority: Authority & { readonly scheme: 'http' | 'https' };
  readonly cookies: {
    readonly session: SessionCookie;
    readonly sessionExpireMs: number;
    /** of our own small cookies: this host only */
    readonly own: CookieScope;
  };
  /** the sign-ins under way in a browser */
  readonly attempts: AttemptCookies;
  readonly keys: {
    readonly grant: KeyRing;
    readonly code: KeyRing;
    /** seals a session that is handed over; the proxy has it too */
    readonly token: KeyRing;
    /** opens whatever session the proxy may show */
    readonly shown: KeyRing;
    readonly returnAddress: KeyRing;
    readonly signOutHint: KeyRing;
  };
  /** the proxy's credentials */
  readonly client: ClientSettings;
  readonly sessionLifetimeMs: number;
  readonly accounts: AccountRules;
  readonly returns: ReturnRules;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly store: Store;
};

/**
 * Makes the settings ready for use.
 *
 * @param providerTimeoutMs for each question to a provider
 * @throws SettingsError
 */
export function createContext(
  settings: AuthSettings,
  options: Clock & { log: Logger; tell: Tell; providerTimeoutMs: number },
): Context {
  const { server, session, client, authorize } = settings;
  const { domain, secure } = session.cookie;
  const authority = ownAuthority(server);

  const { origin } = new URL(`${server.scheme}://${server.host}`);
  const sharedScope = domain === undefined ? { secure } : { secure, domain };
  const sealing = deriveKeys(session.cookie.secrets, 'session');
  const token = deriveKeys(client.secrets, 'session token');
  const providers = createProviders(settings.providers, {
    ...options,
    origin,
    timeoutMs: options.providerTimeoutMs,
  });
  return {
    log: options.log,
    tell: options.tell,
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
      shown: [...sealing, ...token],
      returnAddress: deriveKeys(client.secrets, 'return address'),
      signOutHint: deriveKeys(client.secrets, 'sign-out hint'),
    },
    client,
    sessionLifetimeMs: session.lifetimeMs,
    accounts: authorize,
    returns: { proxyDomains: authorize.proxyDomains, ownHost: authority.host, cookieDomain: domain, secure },
    providers: new Map([...providers].map(([slug, one]) => [slug, observeProvider(one, options.tell)])),
    store: memoryStore(options),
  };
}

function ownAuthority({ host, scheme }: AuthSettings['server']): Context['authority'] {
  const authority = canonicalAuthority(host);
  if (authority === undefined) {
    throw new SettingsError([`SERVER_HOST: got "${host}", write a host or host:port`]);
  }
  return { ...withoutImpliedPort({ ...authority, forwardedProto: scheme }, scheme), scheme };
}
