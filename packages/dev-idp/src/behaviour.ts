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
  answer?: { status: number; body: string | Record<string, unknown> };
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
  /** The `expires_in` of new access tokens, in seconds. */
  accessTokenSeconds: number;
};

/** A provider in good health. */
export function wellBehaved(): Behaviour {
  return {
    faults: {},
    denyAuthorization: false,
    unverifiedEmail: false,
    disabled: new Set(),
    rotateRefreshTokens: false,
    accessTokenSeconds: 3600,
  };
}
