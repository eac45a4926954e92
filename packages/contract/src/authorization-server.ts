/**
 * Where programs that act for people find auth (RFC 8414), ask a person (RFC 6749, section 3.1; RFC 8628, section 3.1), and take
 * back what they were given (RFC 7009). Tokens they get where the proxy redeems its codes.
 */
export const authorizationServerPaths = {
  metadata: '/.well-known/oauth-authorization-server',
  authorize: '/oauth2/authorize',
  approve: '/oauth2/approve',
  deviceAuthorization: '/oauth2/device_authorization',
  device: '/device',
  revoke: '/oauth2/revoke',
  register: '/oauth2/register',
  keys: '/oauth2/v1/token-jwks',
} as const;

/** The client that is known to every installation: the command line. */
export const commandLineClient = 'latchkey-cli';

/** RFC 8693, section 2.1: of workloads, at an application. */
export const tokenExchangeGrantType = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** RFC 7523, section 2.1: likewise. */
export const jwtBearerGrantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** RFC 6749, section 4.4: of service accounts, at an application. */
export const clientCredentialsGrantType = 'client_credentials';

/** RFC 8628, section 3.4. */
export const deviceGrantType = 'urn:ietf:params:oauth:grant-type:device_code';
