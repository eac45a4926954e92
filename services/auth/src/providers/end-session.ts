import { HttpError } from '@latchkey/http';
import * as oidc from 'openid-client';
import type { SignOutThere } from './provider.ts';

/** What a provider's page for signing out takes, of what we have to tell. */
export type EndSessionParameters = (asked: SignOutThere & { returnTo: URL }) => Record<string, string>;

/** As the standard has them (OpenID Connect RP-Initiated Logout 1.0, section 2). */
export const standardEndSession: EndSessionParameters = ({ idToken, email, state, returnTo }) => ({
  ...(idToken === undefined ? { logout_hint: email } : { id_token_hint: idToken }),
  post_logout_redirect_uri: returnTo.href,
  state,
});

// What a server takes, and a browser in a header (`Refresh`).
const longestAddress = 8_192;

/**
 * The address at which a browser ends a person's session at the provider. Nothing but what the provider publishes says where
 * that is, and openid-client takes an endpoint without TLS from an issuer without TLS alone.
 *
 * @throws HttpError `provider_failed` where it publishes none, or none that a browser finds
 */
export function endSessionUrl(config: oidc.Configuration, parameters: Record<string, string>): URL {
  if (config.serverMetadata().end_session_endpoint === undefined) {
    throw failed('the provider publishes no page for signing out (end_session_endpoint)');
  }
  const url = oidc.buildEndSessionUrl(config, parameters);
  if (url.href.length > longestAddress) {
    throw failed('the address of the page for signing out is too long (end_session_endpoint)');
  }
  return url;
}

function failed(detail: string): HttpError {
  return new HttpError('provider_failed', { detail });
}

// Together with all else that is in the address it has to pass servers that take 8 KB.
const longestHint = 4_096;

/** An ID token to show when its person signs out; undefined for one that no address has room for. */
export function idTokenHint(idToken: string | undefined): string | undefined {
  return idToken !== undefined && idToken.length <= longestHint ? idToken : undefined;
}
