import { clientCredentialsGrantType, jwtBearerGrantType, tokenExchangeGrantType } from '@latchkey/contract';
import { HttpError } from '@latchkey/http';

/** What a program shows of itself, and for which part of the account. */
export type TokenRequest = {
  /** undefined: all of the account */
  readonly scopes: readonly string[] | undefined;
} & (
  | { readonly grant: 'token_exchange' | 'jwt_bearer'; readonly token: string }
  | { readonly grant: 'client_credentials' }
);

const grants = {
  [tokenExchangeGrantType]: 'token_exchange',
  [jwtBearerGrantType]: 'jwt_bearer',
  [clientCredentialsGrantType]: 'client_credentials',
} as const;

// RFC 8693, section 3. What they are is said by the issuer, which the file names: all three are looked at in the same way.
const jwtTypes: ReadonlySet<string | null> = new Set(
  ['jwt', 'id_token', 'access_token'].map((one) => `urn:ietf:params:oauth:token-type:${one}`),
);
/** What is given out (RFC 8693, section 3). */
export const accessTokenTypeUri = 'urn:ietf:params:oauth:token-type:access_token';

/**
 * Reads what is asked for (RFC 8693, section 2.1; RFC 7523, section 2.1; RFC 6749, section 4.4.2).
 *
 * @param origin of the application that is asked
 * @throws HttpError `invalid_request`, `invalid_target`, `unsupported_grant_type`
 */
export function readTokenRequest(form: URLSearchParams, origin: string): TokenRequest {
  const names = [...form.keys()].filter((name) => name !== 'resource' && name !== 'audience');
  // RFC 6749, section 3.2: "Request and response parameters MUST NOT be included more than once."
  if (new Set(names).size < names.length) throw invalidRequest('a parameter is there twice');
  const grant = grantOf(form.get('grant_type'));
  const targets = [...form.getAll('resource'), ...form.getAll('audience')];
  if (targets.some((target) => URL.parse(target)?.origin !== origin)) {
    throw new HttpError('invalid_target', { detail: 'it is not this application' });
  }
  const scopes = form
    .get('scope')
    ?.split(' ')
    .filter((one) => one !== '');
  if (grant === 'client_credentials') return { grant, scopes };
  const isExchange = grant === 'token_exchange';
  const token = form.get(isExchange ? 'subject_token' : 'assertion');
  if (token === null || token === '') {
    throw invalidRequest(`${isExchange ? 'subject_token' : 'assertion'} is missing`);
  }
  if (isExchange) requireKnownTypes(form);
  return { grant, token, scopes };
}

function grantOf(type: string | null): TokenRequest['grant'] {
  if (type === null) throw invalidRequest('grant_type is missing');
  const found = Object.entries(grants).find(([name]) => name === type);
  if (found === undefined) throw new HttpError('unsupported_grant_type');
  return found[1];
}

function requireKnownTypes(form: URLSearchParams): void {
  if (!jwtTypes.has(form.get('subject_token_type'))) {
    throw invalidRequest('subject_token_type is none that is taken');
  }
  const wanted = form.get('requested_token_type') ?? accessTokenTypeUri;
  if (wanted !== accessTokenTypeUri) throw invalidRequest('requested_token_type is none that is given out');
  if (form.has('actor_token')) throw invalidRequest('nobody acts for a workload (actor_token)');
}

function invalidRequest(detail: string): HttpError {
  return new HttpError('invalid_request', { detail });
}
