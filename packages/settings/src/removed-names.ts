import type { Environment } from './environment.ts';
import type { Findings } from './findings.ts';

/** What older versions of the proxy read and nothing reads any more, each with what holds in its place. */
export const removedFromProxy: Readonly<Record<string, string>> = {
  SKIP_AUTH_PREFLIGHT: 'write skip_auth_preflight in the options of the upstreams that need it',
  PASS_ACCESS_TOKEN: 'write pass_access_token in the options of the upstreams that need it',
  OLD_COOKIE_SECRET: 'write it after a comma in SESSION_COOKIE_SECRET',
};

/** What older versions of auth read and nothing reads any more, each with what holds in its place. */
export const removedFromAuth: Readonly<Record<string, string>> = {
  REDIRECT_URL:
    'callback addresses are made from SERVER_SCHEME, SERVER_HOST and the slug (only its scheme is used, if SERVER_SCHEME is not set)',
  OLD_COOKIE_SECRET: 'write it after a comma in SESSION_COOKIE_SECRET',
  COOKIE_REFRESH: 'sessions are renewed when the proxy asks about them',
  FOOTER: 'the pages have none',
  SIGNIN_URL: 'it follows from the type of the provider',
  REDEEM_URL: 'it follows from the type of the provider',
  REVOKE_URL: 'it follows from the type of the provider',
  PROFILE_URL: 'it follows from the type of the provider',
  VALIDATE_URL: 'it follows from the type of the provider',
  SKIP_PROVIDER_BUTTON: 'a person with one provider goes straight to it',
  PASS_HOST_HEADER: 'auth forwards nothing',
  PASS_USER_HEADERS: 'auth forwards nothing',
  SET_XAUTHREQUEST: 'auth forwards nothing',
};

/** Warns of each of these names that is set to something. */
export function warnOfRemovedNames(
  removed: Readonly<Record<string, string>>,
  environment: Environment,
  findings: Findings,
): void {
  for (const [name, advice] of Object.entries(removed)) {
    if ((environment.get(name) ?? '') === '') continue;
    findings.warnings.push({
      variable: name,
      code: 'removed',
      message: `has no effect any more, ${advice}`,
    });
  }
}
