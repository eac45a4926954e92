import { accountOfToken } from '@latchkey/access';
import { basicCredentials, HttpError } from '@latchkey/http';
import type { BasicCredentials } from '@latchkey/http';
import type { ServiceTokens, FoundServiceToken } from '../../authn/service-token.ts';

/**
 * Finds the service account that asks: the name is its client id, and its token is the secret (RFC 6749, section 2.3.1).
 *
 * @throws HttpError `invalid_request`, `invalid_client`
 */
export function clientOf(
  authorization: string | undefined,
  form: URLSearchParams,
  find: ServiceTokens['find'],
): FoundServiceToken {
  const { id, secret } = shownCredentials(authorization, form);
  // The secret names its account, too: a program that was given another one than it believes is not let in.
  const found = accountOfToken(secret) === id ? find(secret) : undefined;
  if (found === undefined)
    throw invalidClient('its secret is not a token of the service account that it names');
  if (!('kind' in found)) return found;
  const { why, flaw } = found.principal;
  throw invalidClient(`${why}: ${flaw}`);
}

function shownCredentials(authorization: string | undefined, form: URLSearchParams): BasicCredentials {
  const [id, secret] = [form.get('client_id'), form.get('client_secret')];
  if (authorization === undefined) {
    if (id === null || secret === null) throw invalidClient('it shows no client_id with a client_secret');
    return { id, secret };
  }
  // RFC 6749, section 2.3: "The client MUST NOT use more than one authentication method in each request."
  if (secret !== null) {
    throw new HttpError('invalid_request', { detail: 'credentials in the header and in the form' });
  }
  const shown = basicCredentials(authorization);
  if (shown === undefined) throw invalidClient('its Authorization header is not that of Basic');
  if (id !== null && id !== shown.id) throw invalidClient('its client_id is another one in the form');
  return shown;
}

function invalidClient(detail: string): HttpError {
  return new HttpError('invalid_client', { detail });
}
