import { HttpError } from '@latchkey/http';
import type { OidcProviderSettings } from '@latchkey/settings';
import * as oidc from 'openid-client';
import { ask } from './ask.ts';
import { signatureCheck } from './id-token.ts';
import type { CheckSignature } from './id-token.ts';

/** A provider as it describes itself: how openid-client speaks to it, and whose signature its ID tokens bear. */
export type Discovered = { readonly config: oidc.Configuration; readonly checkSignature: CheckSignature };

type DiscoveryOptions = {
  readonly timeoutMs: number;
  /** for a refresh, see `Provider` */
  readonly refreshMs: number;
  readonly elapsed: () => number;
  readonly endpoints: Readonly<Record<string, string>> | undefined;
};

/**
 * Makes the question for a provider's configuration. It is asked when it is first needed, so that a provider that is down
 * does not keep us from starting. A failure is not remembered: the next sign-in asks again.
 *
 * @param options.endpoints in place of what it publishes
 */
export function discovery(
  settings: Pick<OidcProviderSettings, 'issuer' | 'clientId' | 'clientSecret'>,
  options: DiscoveryOptions,
): () => Promise<Discovered> {
  let known: Promise<Discovered> | undefined;

  return function discovered() {
    known ??= discover(settings, options).catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
}

async function discover(
  { issuer, clientId, clientSecret }: Pick<OidcProviderSettings, 'issuer' | 'clientId' | 'clientSecret'>,
  { elapsed, endpoints, ...limits }: DiscoveryOptions,
): Promise<Discovered> {
  const fetchBounded = boundedFetch(limits);
  const authentication = clientAuthentication(clientSecret);
  const found = await oidc
    .discovery(issuer, clientId, {}, authentication, {
      [oidc.customFetch]: fetchBounded,
      execute: issuer.protocol === 'http:' ? [oidc.allowInsecureRequests] : [],
    })
    .catch((error: unknown) => {
      throw otherIssuer(error) ?? error;
    });
  const checkSignature = signatureCheck(found.serverMetadata(), fetchBounded, elapsed);
  if (endpoints === undefined) return { config: found, checkSignature };
  const config = new oidc.Configuration(
    { ...found.serverMetadata(), ...endpoints },
    clientId,
    {},
    authentication,
  );
  config[oidc.customFetch] = fetchBounded;
  return { config, checkSignature };
}

/** What to write where the provider goes by another name than the one that it was asked under. */
function otherIssuer(error: unknown): HttpError | undefined {
  const cause: { attribute?: unknown; expected?: unknown; body?: unknown } = Object(Object(error).cause);
  const named: unknown = Object(cause.body).issuer;
  if (cause.attribute !== 'issuer' || typeof named !== 'string') return undefined;
  return new HttpError('provider_failed', {
    detail: `the provider at ${String(cause.expected)} calls itself ${named.slice(0, 200)}: write that as its OIDC_ISSUER`,
  });
}

// Whatever openid-client asks for, it asks through this: with a deadline, a bound, and no redirects.
function boundedFetch({ timeoutMs, refreshMs }: Pick<DiscoveryOptions, 'timeoutMs' | 'refreshMs'>) {
  return async function fetchBounded(
    url: string,
    { method, headers, body }: { method: string; headers: Record<string, string>; body?: oidc.FetchBody },
  ): Promise<Response> {
    const isRefresh = body instanceof URLSearchParams && body.get('grant_type') === 'refresh_token';
    const answer = await ask({
      url: new URL(url),
      method: method === 'POST' ? 'POST' : 'GET',
      headers,
      ...(body instanceof URLSearchParams && { body: body.toString() }),
      timeoutMs: isRefresh ? refreshMs : timeoutMs,
    });
    // Nobody would check its signature: a server that may answer with claims here may do it in JSON.
    if (/^application\/jwt\b/i.test(answer.contentType)) {
      throw new HttpError('provider_failed', { detail: 'the answer is a signed token (application/jwt)' });
    }
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
