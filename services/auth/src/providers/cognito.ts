import type { CognitoProviderSettings } from '@latchkey/settings';
import { oidcProvider } from './oidc.ts';
import type { Dialect, OidcOptions } from './oidc.ts';
import type { Provider } from './provider.ts';

const dialect: Dialect = {
  // A refresh token comes without `offline_access`, which Cognito does not know.
  scope: 'openid profile email',
  groupsClaim: 'cognito:groups',
  // Userinfo gives `email_verified` as a text, which may not count, and no groups. The ID token holds both, and the
  // first as a boolean; its signature is checked.
  believesUserinfo: false,
  accountChoice: 'select_account',
  // It takes no hint, and sends no state back: https://docs.aws.amazon.com/cognito/latest/developerguide/logout-endpoint.html
  endSession: ({ returnTo }) => ({ logout_uri: returnTo.href }),
};

/** A user pool of Amazon Cognito. */
export function cognitoProvider(settings: CognitoProviderSettings, options: OidcOptions): Provider {
  const { host, region, poolId } = settings;
  if (settings.issuer !== undefined) {
    return oidcProvider({ ...settings, issuer: settings.issuer }, options, dialect);
  }
  const issuer = new URL(`https://cognito-idp.${region}.amazonaws.com/${poolId}`);
  return oidcProvider({ ...settings, issuer }, options, { ...dialect, endpoints: endpointsAt(host) });
}

// A pool may have several domains. People, and the secret, go to the one that is configured.
function endpointsAt(host: string): Record<string, string> {
  return {
    authorization_endpoint: `https://${host}/oauth2/authorize`,
    token_endpoint: `https://${host}/oauth2/token`,
    userinfo_endpoint: `https://${host}/oauth2/userInfo`,
    revocation_endpoint: `https://${host}/oauth2/revoke`,
    end_session_endpoint: `https://${host}/logout`,
  };
}
