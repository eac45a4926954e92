import { HttpError } from '@latchkey/http';
import type { OidcProviderSettings } from '@latchkey/settings';
import * as oidc from 'openid-client';
import { ask } from './ask.ts';
import { identityOf, tokensOf } from './claims.ts';
import { withAccountChoice } from './prompt.ts';
import type { Identity, Provider } from './provider.ts';

// `offline_access` is how OpenID Connect asks for a refresh token, `groups` how Okta and Dex ask for that claim.
const wantedScopes = ['openid', 'profile', 'email', 'groups', 'offline_access'];

/**
 * Any OpenID Connect provider, through openid-client.
 *
 * Its configuration is fetched when it is first needed, so that a provider that is down does not keep us from
 * starting. A failure is not remembered: the next sign-in asks again.
 */
export function oidcProvider(
  settings: OidcProviderSettings,
  { callbackUrl, timeoutMs }: { callbackUrl: URL; timeoutMs: number },
): Provider {
  const { issuer, clientId, clientSecret } = settings;
  let discovery: Promise<oidc.Configuration> | undefined;

  function configuration(): Promise<oidc.Configuration> {
    discovery ??= discover().catch((error: unknown) => {
      discovery = undefined;
      throw error;
    });
    return discovery;
  }

  function discover(): Promise<oidc.Configuration> {
    return oidc.discovery(issuer, clientId, {}, clientAuthentication(clientSecret), {
      [oidc.customFetch]: boundedFetch(timeoutMs),
      execute: issuer.protocol === 'http:' ? [oidc.allowInsecureRequests] : [],
    });
  }

  return {
    slug: settings.slug,
    name: settings.name,

    begin: ({ selectAccount }) =>
      translated(async () => {
        const config = await configuration();
        const pending = {
          state: oidc.randomState(),
          codeVerifier: oidc.randomPKCECodeVerifier(),
          nonce: oidc.randomNonce(),
        };
        const prompt = selectAccount ? withAccountChoice(settings.prompt) : settings.prompt;
        const url = oidc.buildAuthorizationUrl(config, {
          redirect_uri: callbackUrl.href,
          scope: settings.scope ?? scopeFor(config.serverMetadata()),
          state: pending.state,
          nonce: pending.nonce,
          code_challenge: await oidc.calculatePKCECodeChallenge(pending.codeVerifier),
          code_challenge_method: 'S256',
          ...(prompt !== undefined && { prompt }),
        });
        return { url, pending };
      }),

    finish: (callback, { state, codeVerifier, nonce }) =>
      translated(async () => {
        const config = await configuration();
        const answer = await oidc.authorizationCodeGrant(config, callback, {
          expectedState: state,
          pkceCodeVerifier: codeVerifier,
          idTokenExpected: true,
          ...(nonce !== undefined && { expectedNonce: nonce }),
        });
        const identity = await identityFrom(config, answer);
        if (identity === undefined) throw new HttpError('provider_failed', { detail: 'no ID token' });
        return { identity, tokens: tokensOf(answer) };
      }),

    refresh: (refreshToken, sub) =>
      translated(async () => {
        const config = await configuration();
        const answer = await oidc.refreshTokenGrant(config, refreshToken).catch(undefinedIfRefused);
        if (answer === undefined) return undefined;
        const identity = await identityFrom(config, answer, sub);
        if (identity !== undefined && identity.sub !== sub) return undefined;
        return { ...(identity && { identity }), tokens: tokensOf(answer) };
      }),

    revoke: (refreshToken) =>
      translated(async () => {
        const config = await configuration();
        if (config.serverMetadata().revocation_endpoint === undefined) return;
        await oidc.tokenRevocation(config, refreshToken, { token_type_hint: 'refresh_token' });
      }),
  };
}

/** Tells whether an issuer may be spoken to: over TLS, or on this very machine for development and tests. */
export function isTrustworthyIssuer({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
}

async function identityFrom(
  config: oidc.Configuration,
  answer: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers,
  knownSub?: string,
): Promise<Identity | undefined> {
  const claims = answer.claims();
  const sub = claims?.sub ?? knownSub;
  if (sub === undefined || config.serverMetadata().userinfo_endpoint === undefined) {
    return claims && identityOf(claims);
  }
  // OpenID Connect Core, section 5.3.2: userinfo about another subject is not used. openid-client compares.
  const userinfo = await oidc.fetchUserInfo(config, answer.access_token, sub);
  return identityOf({ ...claims, ...userinfo });
}

// Whatever openid-client asks for, it asks through this: with a deadline, a bound, and no redirects.
function boundedFetch(timeoutMs: number): oidc.CustomFetch {
  return async function fetchBounded(url, { method, headers, body }) {
    const answer = await ask({
      url: new URL(url),
      method: method === 'POST' ? 'POST' : 'GET',
      headers,
      ...(body instanceof URLSearchParams && { body: body.toString() }),
      timeoutMs,
    });
    const isEmpty = answer.status === 204 || answer.status === 304;
    return new Response(isEmpty ? null : answer.body, {
      status: answer.status,
      headers: { 'content-type': answer.contentType },
    });
  };
}

// Providers that publish nothing take Basic (OpenID Connect Discovery, section 3); most take either.
function clientAuthentication(secret: string): oidc.ClientAuth {
  const inBody = oidc.ClientSecretPost(secret);
  const inHeader = oidc.ClientSecretBasic(secret);
  return function authenticate(server, ...rest) {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    return (methods.includes('client_secret_post') ? inBody : inHeader)(server, ...rest);
  };
}

function scopeFor({ scopes_supported: supported }: oidc.ServerMetadata): string {
  const known = supported ?? ['openid', 'profile', 'email'];
  return wantedScopes.filter((scope) => scope === 'openid' || known.includes(scope)).join(' ');
}

function undefinedIfRefused(error: unknown): undefined {
  // RFC 6749, section 5.2: only this one is about the person. Other errors are about us, and sign nobody out.
  if (error instanceof oidc.ResponseBodyError && error.error === 'invalid_grant') return undefined;
  throw error;
}

// openid-client's own messages are fixed texts; what they wrap may hold tokens and stays out of the detail.
async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw ours(error) ?? new HttpError('provider_failed', { detail: detailOf(error), cause: error });
  }
}

function ours(error: unknown): HttpError | undefined {
  if (error instanceof HttpError) return error;
  return error instanceof Error && error.cause !== undefined ? ours(error.cause) : undefined;
}

function detailOf(error: unknown): string {
  if (error instanceof oidc.ResponseBodyError) return `the provider answered ${error.status}`;
  if (error instanceof oidc.ClientError) return error.message;
  return 'the answer cannot be used';
}
