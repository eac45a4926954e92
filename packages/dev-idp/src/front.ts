import type { IncomingMessage, ServerResponse } from 'node:http';
import { endpointNames, type EndpointName } from './behaviour.ts';
import { paths } from './configuration.ts';
import { readForm } from './form-body.ts';
import { misbehave } from './misbehave.ts';
import { sendPage } from './page.ts';
import { handleSignIn, signInPath, type SignInContext } from './sign-in.ts';

const endpointAt = new Map(endpointNames.map((name) => [paths[name], name]));

export type FrontContext = SignInContext & {
  requests: Record<EndpointName, number>;
  /** Aborted when the provider closes, so that no slow answer outlives it. */
  closing: AbortSignal;
};

/** The listener in front of oidc-provider: counts, misbehaves on request, and does what oidc-provider leaves to us. */
export function front(context: FrontContext) {
  const { behaviour, provider, requests, closing } = context;
  const callback = provider.callback();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', provider.issuer);
    if (url.pathname === '/ping') return void response.writeHead(200).end();
    const endpoint = endpointAt.get(url.pathname);
    if (endpoint) {
      requests[endpoint] += 1;
      if (await misbehave(behaviour.faults[endpoint], response, closing)) return;
    }
    if (url.pathname.startsWith(signInPath)) return handleSignIn(context, request, response);
    if (endpoint === 'revocation') return revoke(context, url, request, response);
    if (endpoint === 'authorization') request.url = asGoogleReads(url);
    return callback(request, response);
  }

  return function listener(request: IncomingMessage, response: ServerResponse): void {
    answer(request, response).catch(() => {
      if (closing.aborted || response.headersSent) response.destroy();
      else sendPage(response, 500, { title: 'That did not work', text: 'The demo provider made a mistake.' });
    });
  };
}

/**
 * Reads an authorization request as Google does, which says who somebody is for `profile email` alone: oidc-provider
 * answers at userinfo only where `openid` was asked for. `prompt=consent` has nothing to ask, since signing in is
 * the consent; `select_account` is the sign-in page.
 */
function asGoogleReads(url: URL): string {
  const scopes = url.searchParams.get('scope')?.split(' ') ?? [];
  url.searchParams.set('scope', [...new Set(['openid', ...scopes])].join(' ').trim());

  const prompts = url.searchParams.get('prompt')?.split(' ') ?? [];
  const understood = prompts
    .filter((prompt) => prompt !== 'consent')
    .map((prompt) => (prompt === 'select_account' ? 'login' : prompt));
  if (understood.length === 0) url.searchParams.delete('prompt');
  else url.searchParams.set('prompt', understood.join(' '));
  return url.pathname + url.search;
}

/** Revocation as Google has it: the token, in the body or the query, is all it takes. The whole grant goes (RFC 7009). */
async function revoke(
  { provider }: FrontContext,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const token = (await readForm(request)).get('token') ?? url.searchParams.get('token') ?? '';
  const { RefreshToken, AccessToken, AuthorizationCode } = provider;
  const found = (await RefreshToken.find(token)) ?? (await AccessToken.find(token));
  if (found?.grantId !== undefined) {
    const { grantId } = found;
    await Promise.all(
      [RefreshToken, AccessToken, AuthorizationCode].map((kind) => kind.revokeByGrantId(grantId)),
    );
  }
  response.writeHead(200).end();
}
