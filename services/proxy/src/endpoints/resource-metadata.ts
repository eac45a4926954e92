import { ownEndpoints } from '@latchkey/contract';
import type { Route } from '@latchkey/upstreams';

/** What a program has to know to get a token for an application (RFC 9728, section 2). */
export function resourceMetadata(
  resource: string,
  { bearer, service, exchangesTokens }: Pick<Route, 'bearer' | 'service' | 'exchangesTokens'>,
  authorizationServer: string | undefined,
): Readonly<Record<string, unknown>> {
  const scopes = [...new Set([...(bearer?.requiredScopes ?? []), ...(bearer?.scopes ?? [])])];
  return {
    resource,
    resource_name: service,
    ...(authorizationServer !== undefined && { authorization_servers: [authorizationServer] }),
    ...(scopes.length > 0 && { scopes_supported: scopes }),
    bearer_methods_supported: ['header'],
    // RFC 9728, section 2: "Additional protected resource metadata parameters MAY also be used."
    ...(exchangesTokens && { token_exchange_endpoint: new URL(ownEndpoints.token.path, resource).href }),
  };
}
