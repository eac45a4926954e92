/** The endpoints that are counted and can be made to fail. */
export const endpointNames = [
  'authorization',
  'token',
  'userinfo',
  'revocation',
  'endSession',
  'jwks',
  'discovery',
] as const;

export type EndpointName = (typeof endpointNames)[number];

/**
 * What goes wrong at one endpoint: wait first, then hang up or answer this instead of the truth.
 * With a delay alone, the truth comes late. An object as `body` is sent as JSON, a string as HTML.
 */
export type Fault = {
  delayMs?: number;
  hangUp?: boolean;
  answer?: { status: number; body: string | Record<string, unknown>; headers?: Record<string, string> };
};

/** How the provider behaves. Tests change it while it runs; what is off by default is a provider in good health. */
export type Behaviour = {
  faults: Partial<Record<EndpointName, Fault>>;
  /** Send everybody back with `error=access_denied`. */
  denyAuthorization: boolean;
  /** Say `email_verified: false` about everybody. */
  unverifiedEmail: boolean;
  /** E-mail addresses of accounts that were switched off: no sign-in, and a refresh answers `invalid_grant`. */
  disabled: Set<string>;
  /** Hand out a new refresh token at every refresh and take the old one back (Okta does; Google does not). */
  rotateRefreshTokens: boolean;
  /** Hand out refresh tokens at all. */
  refreshTokens: boolean;
  /** The `expires_in` of new access tokens, in seconds. */
  accessTokenSeconds: number;
  /** The name of the claim with the groups (Cognito has `cognito:groups`). */
  groupsClaim: string;
  /** Where groups are named: Okta's organisation and Cognito have them in the ID token alone. */
  groupsAt: 'both' | 'id token' | 'userinfo';
  /** Keep the ID token to the subject, and tell the rest at userinfo (Okta does, beside an access token). */
  thinIdToken: boolean;
  /** Say `email_verified` as a text at userinfo (Cognito does). */
  textAtUserinfo: boolean;
};

/** A provider in good health. */
export function wellBehaved(): Behaviour {
  return {
    faults: {},
    denyAuthorization: false,
    unverifiedEmail: false,
    disabled: new Set(),
    rotateRefreshTokens: false,
    refreshTokens: true,
    accessTokenSeconds: 3600,
    groupsClaim: 'groups',
    groupsAt: 'both',
    thinIdToken: false,
    textAtUserinfo: false,
  };
}
