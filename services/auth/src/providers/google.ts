import { HttpError } from '@latchkey/http';
import type { Answer } from '@latchkey/http';
import type { GoogleProviderSettings } from '@latchkey/settings';
import type { Directory } from '../directory/directory.ts';
import { isJsonObject, parseJsonObject } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { ask } from './ask.ts';
import { identityOf, isBearer, tokensOf } from './claims.ts';
import { GoogleStrategy } from './google-strategy.ts';
import type { SignInRequest, StrategyUser } from './google-strategy.ts';
import { strategyRunner } from './passport-run.ts';
import { withAccountChoice } from './prompt.ts';
import type { Provider } from './provider.ts';
import { isRefusal } from './refusals.ts';

const defaultScope = 'profile email';

/** Google, through its passport strategy. Who is in which group it says in its directory alone, if we may ask there. */
export function googleProvider(
  settings: GoogleProviderSettings,
  {
    callbackUrl,
    timeoutMs,
    refreshMs,
    directory,
  }: { callbackUrl: URL; timeoutMs: number; refreshMs: number; directory?: Directory | undefined },
): Provider {
  const { endpoints, hostedDomain } = settings;
  const run = strategyRunner<StrategyUser>(
    new GoogleStrategy({
      clientID: settings.clientId,
      clientSecret: settings.clientSecret,
      callbackURL: callbackUrl.href,
      scope: settings.scope ?? defaultScope,
      endpoints,
      timeoutMs,
    }),
  );

  function form(fields: Record<string, string>) {
    const client = { client_id: settings.clientId, client_secret: settings.clientSecret };
    return {
      method: 'POST' as const,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams({ ...fields, ...client }).toString(),
      timeoutMs,
    };
  }

  function askUserinfo(accessToken: unknown): Promise<Answer> {
    const headers = { authorization: `Bearer ${String(accessToken)}`, accept: 'application/json' };
    return ask({ url: endpoints.userinfo, method: 'GET', headers, timeoutMs });
  }

  return {
    slug: settings.slug,
    name: settings.name,
    groupsMs: settings.groupsMs,
    ...(directory !== undefined && { directory }),

    async begin({ selectAccount, provedWithin, loginHint }) {
      // It gives this strategy no ID token, and in none does it say `auth_time`: nobody would know whether it asked.
      if (provedWithin !== undefined) {
        throw failed('Google does not say when it asked a person who they are (max_auth_age, idle_timeout)');
      }
      const request: SignInRequest = { query: {}, pending: undefined };
      const outcome = await run(request, {
        accessType: 'offline',
        prompt: selectAccount ? withAccountChoice(settings.prompt) : settings.prompt,
        ...(hostedDomain !== undefined && { hostedDomain }),
        ...(loginHint !== undefined && { loginHint }),
      });
      const { pending } = request;
      if (!('redirect' in outcome) || pending === undefined) throw new Error('the strategy did not begin');
      return { url: new URL(outcome.redirect), pending };
    },

    async finish(callback, pending) {
      // RFC 9207: an answer of another issuer is not Google's, whatever its state.
      if (callback.searchParams.getAll('iss').some((iss) => iss !== endpoints.authorization.origin)) {
        throw failed('the answer is of another issuer (iss)');
      }
      const request: SignInRequest = { query: Object.fromEntries(callback.searchParams), pending };
      const outcome = await run(request, {}).catch((error: unknown) => {
        throw providerError(error);
      });
      if (!('user' in outcome)) throw failed('the callback holds no code');
      const { claims, tokens } = outcome.user;
      const identity = identityOf(claims);
      if (!isOfDomain(claims, hostedDomain)) {
        const detail = 'the account is outside the hosted domain';
        throw new HttpError('account_refused', { detail, user: identity.email });
      }
      return { identity, tokens: tokensOf(tokens) };
    },

    async refresh(refreshToken, sub) {
      const question = form({ grant_type: 'refresh_token', refresh_token: refreshToken });
      const answer = await ask({ url: endpoints.token, ...question, timeoutMs: refreshMs });
      const given = parseJsonObject(answer.body);
      if (isRefusal(given?.['error'])) return undefined;
      if (answer.status !== 200 || given === undefined || !isBearer(given)) {
        throw failed(`refreshing: ${errorName(given?.['error'])}`);
      }
      const tokens = tokensOf(given);
      try {
        const claims = profileIn(await askUserinfo(given['access_token']));
        const identity = identityOf(claims);
        if (identity.sub !== sub || !isOfDomain(claims, hostedDomain)) return undefined;
        return { tokens, identity };
      } catch (error) {
        if (!(error instanceof HttpError)) throw error;
        return { tokens, trouble: error };
      }
    },

    async confirm(accessToken, sub) {
      const answer = await askUserinfo(accessToken);
      // RFC 6750, section 3.1: `invalid_token` comes with 401.
      if (answer.status === 401) return undefined;
      return identityOf(profileIn(answer)).sub === sub ? {} : undefined;
    },

    async revoke(refreshToken) {
      const answer = await ask({ url: endpoints.revocation, ...form({ token: refreshToken }) });
      if (answer.status !== 200) throw failed(`revoking: ${answer.status}`);
    },
  };
}

function profileIn({ status, body }: Answer): JsonObject {
  const claims = status === 200 ? parseJsonObject(body) : undefined;
  if (claims === undefined) throw failed('no usable answer from userinfo');
  return claims;
}

// `hd` in the request only chooses what Google offers; the person can change it, so the answer decides.
function isOfDomain(claims: JsonObject, hostedDomain: string | undefined): boolean {
  return hostedDomain === undefined || claims['hd'] === hostedDomain;
}

// passport-oauth2 wraps what its transport gave it in `oauthError`; its own errors have the provider's word in `code`.
function providerError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  const { oauthError, code } = isJsonObject(error) ? error : {};
  if (oauthError instanceof HttpError) return oauthError;
  return failed(`no identity came: ${errorName(code)}`, error);
}

function failed(detail: string, cause?: unknown): HttpError {
  return new HttpError('provider_failed', { detail, cause });
}

// A provider's error code is from a small alphabet; anything else in its place stays out of the log.
function errorName(value: unknown): string {
  return typeof value === 'string' && /^[a-z_]{1,40}$/.test(value) ? value : 'no known error';
}
