import type { OktaProviderSettings } from '@latchkey/settings';
import { oidcProvider } from './oidc.ts';
import type { Dialect, OidcOptions } from './oidc.ts';
import type { Provider } from './provider.ts';

const dialect: Dialect = {
  // As in BuzzFeed SSO. `scopes_supported` names `groups` only where an administrator chose to publish it.
  scope: 'openid profile email groups offline_access',
  groupsClaim: 'groups',
  believesUserinfo: true,
  // Of the standard's values for `prompt`, Okta documents none, login and consent.
  accountChoice: 'login',
};

/**
 * Okta. An organisation's own authorization server tells groups in the ID token alone; one of the others may send an ID
 * token so thin that they are at userinfo alone.
 */
export function oktaProvider(settings: OktaProviderSettings, options: OidcOptions): Provider {
  const { host, server } = settings;
  const path = server === undefined ? '' : `/oauth2/${server}`;
  const issuer = settings.issuer ?? new URL(`https://${host}${path}`);
  return oidcProvider({ ...settings, issuer }, options, dialect);
}
