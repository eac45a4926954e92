import { HttpError } from '@latchkey/http';
import type { OidcProviderSettings } from '@latchkey/settings';
import * as oidc from 'openid-client';
import { identityOf, mergedClaims, tokensOf } from './claims.ts';
import { discovery } from './discovery.ts';
import type { Discovered } from './discovery.ts';
import { endSessionUrl, idTokenHint, standardEndSession } from './end-session.ts';
import type { EndSessionParameters } from './end-session.ts';
import { verifiedLogoutToken } from './logout-token.ts';
import { withAccountChoice, withProof } from './prompt.ts';
import type { ProviderIdentity, Provider, Tokens } from './provider.ts';
import { isRefusal } from './refusals.ts';

// `offline_access` is how OpenID Connect asks for a refresh token, `groups` how Okta and Dex ask for that claim.
const wantedScopes = ['openid', 'profile', 'email', 'groups', 'offline_access'];

/** What a provider does its own way. */
export type Dialect = {
  /** to ask for where no scope is configured; absent: of what we can use, what it offers */
  readonly scope?: string;
  /** the claim with the groups */
  readonly groupsClaim: string;
  /** false where the ID token holds everything and claims of userinfo do not count, only whether it takes a token */
  readonly believesUserinfo: boolean;
  /** the `prompt` that lets a person choose another account */
  readonly accountChoice: 'select_account' | 'login';
  /** what its page for signing out takes, where that is not the standard's */
  readonly endSession?: EndSessionParameters;
  /** in place of what it publishes */
  readonly endpoints?: Readonly<Record<string, string>>;
};

/** What every provider of this kind is made with. */
export type OidcOptions = {
  readonly callbackUrl: URL;
  /** where a browser returns to that has signed out at the provider */
  readonly signOutUrl: URL;
  /** for each question */
  readonly timeoutMs: number;
  readonly refreshMs: number;
  readonly now: () => number;
  /** milliseconds that never jump */
  readonly elapsed: () => number;
};

const plain: Dialect = { groupsClaim: 'groups', believesUserinfo: true, accountChoice: 'select_account' };

/** Any OpenID Connect provider, through openid-client. */
export function oidcProvider(
  settings: Omit<OidcProviderSettings, 'type'>,
  { callbackUrl, signOutUrl, timeoutMs, refreshMs, now, elapsed }: OidcOptions,
  dialect: Dialect = plain,
): Provider {
  const { issuer, clientId, groupsMs, signOut } = settings;
  const discovered = discovery(settings, { timeoutMs, refreshMs, elapsed, endpoints: dialect.endpoints });

  // Groups are asked for with a refresh, which there would be no other reason for while the access token lives.
  function askedAgain(tokens: Tokens): Tokens {
    const seconds = Math.max(1, Math.floor(groupsMs / 1000));
    return { ...tokens, accessTokenSeconds: Math.min(tokens.accessTokenSeconds ?? seconds, seconds) };
  }

  function tokensIn(answer: oidc.TokenEndpointResponse): Tokens {
    const idToken = signOut === 'here' ? undefined : idTokenHint(answer.id_token);
    return { ...tokensOf(answer), ...(idToken !== undefined && { idToken }) };
  }

  return {
    slug: settings.slug,
    name: settings.name,
    groupsMs,

    begin: ({ selectAccount, provedWithin, loginHint }) =>
      translated(async () => {
        const { config } = await discovered();
        const pending = {
          state: oidc.randomState(),
          codeVerifier: oidc.randomPKCECodeVerifier(),
          nonce: oidc.randomNonce(),
        };
        const chosen = selectAccount
          ? withAccountChoice(settings.prompt, dialect.accountChoice)
          : settings.prompt;
        const prompt = provedWithin === undefined ? chosen : withProof(chosen);
        const url = oidc.buildAuthorizationUrl(config, {
          redirect_uri: callbackUrl.href,
          scope: settings.scope ?? dialect.scope ?? scopeFor(config.serverMetadata()),
          state: pending.state,
          nonce: pending.nonce,
          code_challenge: await oidc.calculatePKCECodeChallenge(pending.codeVerifier),
          code_challenge_method: 'S256',
          ...(prompt !== undefined && { prompt }),
          ...(provedWithin !== undefined && { max_age: provedWithin.toString() }),
          ...(loginHint !== undefined && { login_hint: loginHint }),
        });
        return { url, pending };
      }),

    finish: (callback, { state, codeVerifier, nonce }, provedWithin) =>
      translated(async () => {
        const found = await discovered();
        const answer = await oidc.authorizationCodeGrant(found.config, callback, {
          expectedState: state,
          pkceCodeVerifier: codeVerifier,
          idTokenExpected: true,
          ...(nonce !== undefined && { expectedNonce: nonce }),
          // Without `auth_time` in the ID token, or with an older one, it is no answer.
          ...(provedWithin !== undefined && { maxAge: provedWithin }),
        });
        const identity = await identityFrom(found, answer, dialect);
        if (identity === undefined) throw new HttpError('provider_failed', { detail: 'no ID token' });
        const tokens = tokensIn(answer);
        // Without a refresh token there is no asking again.
        const claims = answer.claims();
        const { auth_time: provedAt } = claims ?? {};
        const providerSid = claims?.['sid'];
        return {
          identity,
          tokens: tokens.refreshToken === undefined ? tokens : askedAgain(tokens),
          ...(provedAt !== undefined && { provedAt }),
          ...amrOf(claims?.['amr']),
          ...(typeof providerSid === 'string' && { providerSid }),
        };
      }),

    refresh: (refreshToken, sub) =>
      translated(async () => {
        const found = await discovered();
        const answer = await oidc.refreshTokenGrant(found.config, refreshToken).catch(undefinedIfRefused);
        if (answer === undefined) return undefined;
        const tokens = askedAgain(tokensIn(answer));
        try {
          const identity = await identityFrom(found, answer, dialect, sub);
          if (identity === undefined) return { tokens };
          return identity.sub === sub ? { tokens, identity } : undefined;
        } catch (error) {
          return isAboutAnother(error) ? undefined : { tokens, trouble: translation(error) };
        }
      }),

    confirm: (accessToken, sub) =>
      translated(async () => {
        const { config } = await discovered();
        if (config.serverMetadata().userinfo_endpoint === undefined) return {};
        const claims = await oidc.fetchUserInfo(config, accessToken, sub).catch(undefinedIfUnauthorized);
        if (claims === undefined) return undefined;
        const { groups } = identityOf(claims, dialect.groupsClaim);
        return groups === undefined || !dialect.believesUserinfo ? {} : { groups };
      }),

    revoke: (refreshToken) =>
      translated(async () => {
        const { config } = await discovered();
        if (config.serverMetadata().revocation_endpoint === undefined) return;
        await oidc.tokenRevocation(config, refreshToken, { token_type_hint: 'refresh_token' });
      }),

    readLogoutToken: (token) =>
      translated(() =>
        verifiedLogoutToken(token, {
          issuer,
          clientId,
          now: now(),
          keysOfIssuer: async () => (await discovered()).checkSignature,
        }),
      ),

    ...(signOut !== 'here' && {
      signOut: {
        always: signOut === 'provider',
        address: (asked) =>
          translated(async () => {
            const { config } = await discovered();
            const parametersOf = dialect.endSession ?? standardEndSession;
            return endSessionUrl(config, parametersOf({ ...asked, returnTo: signOutUrl }));
          }),
      },
    }),
  };
}

async function identityFrom(
  { config, checkSignature }: Discovered,
  answer: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers,
  { believesUserinfo, groupsClaim }: Dialect,
  knownSub?: string,
): Promise<ProviderIdentity | undefined> {
  const claims = answer.claims();
  if (answer.id_token !== undefined) await checkSignature(answer.id_token);
  if (!believesUserinfo) {
    // Nothing else tells of groups; a yes without them would let those of before count for ever.
    if (claims === undefined) throw new HttpError('provider_failed', { detail: 'no ID token' });
    return identityOf(claims, groupsClaim);
  }
  const sub = claims?.sub ?? knownSub;
  if (sub === undefined || config.serverMetadata().userinfo_endpoint === undefined) {
    return claims && identityOf(claims, groupsClaim);
  }
  // OpenID Connect Core, section 5.3.2: userinfo about another subject is not used. openid-client compares.
  const userinfo = await oidc.fetchUserInfo(config, answer.access_token, sub);
  return identityOf(mergedClaims(claims ?? {}, userinfo, groupsClaim), groupsClaim);
}

function scopeFor({ scopes_supported: supported }: oidc.ServerMetadata): string {
  const known = supported ?? ['openid', 'profile', 'email'];
  return wantedScopes.filter((scope) => scope === 'openid' || known.includes(scope)).join(' ');
}

function undefinedIfRefused(error: unknown): undefined {
  if (error instanceof oidc.ResponseBodyError && isRefusal(error.error)) return undefined;
  throw error;
}

// RFC 6750, section 3.1: `invalid_token` comes with 401, which openid-client hands on as it came.
function undefinedIfUnauthorized(error: unknown): undefined {
  const answer = error instanceof oidc.ClientError ? error.cause : undefined;
  if (answer instanceof Response && answer.status === 401) return undefined;
  throw error;
}

// How openid-client says that userinfo names another subject.
function isAboutAnother(error: unknown): boolean {
  return error instanceof oidc.ClientError && error.code === 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED';
}

async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translation(error);
  }
}

// openid-client's own messages are fixed texts; what they wrap may hold tokens and stays out of the detail.
function translation(error: unknown): HttpError {
  return ours(error) ?? new HttpError('provider_failed', { detail: detailOf(error), cause: error });
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

// It goes into a cookie. Nobody says more than a few words (RFC 8176), and what is no list of words says nothing.
function amrOf(claim: unknown): { amr?: string[] } {
  const words: unknown[] = Array.isArray(claim) && claim.length <= 16 ? claim : [];
  const amr = words.filter((word) => typeof word === 'string' && word !== '' && word.length <= 64);
  return words.length === 0 || amr.length < words.length ? {} : { amr: amr.map(String) };
}
