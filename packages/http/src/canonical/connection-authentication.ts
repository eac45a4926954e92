import { rawValues } from './raw-headers.ts';

// RFC 9110, section 3.3: "A server MUST NOT assume that two requests on the same connection are from the same user agent
// unless the connection is secured and specific to that agent." These do (RFC 4559 and what HTTP.sys and WinRM add to
// it). Negotiate is one of them everywhere, though some servers ask for it with each request.
const schemes = '(?:negotiate|ntlm|kerberos|nego2|credssp)';
const credentials = new RegExp(`(?:^|[\\s,])${schemes}(?:$|[\\s,])`, 'i');
const answerToCredentials = new RegExp(`(?:^|,)\\s*${schemes}\\s+[^\\s,]`, 'i');

/** Tells whether a request, as a flat list of headers, authenticates the connection that it is sent on. */
export function authenticatesConnection(headers: readonly string[]): boolean {
  return someHeader(headers, 'authorization', (value) => credentials.test(value));
}

/**
 * Tells whether an answer, as a flat list of headers, speaks of a connection that is authenticated or about to be: by
 * `Persistent-Auth: true`, or by a challenge that replies to credentials. One that only offers the scheme says neither.
 */
export function isOnAuthenticatedConnection(headers: readonly string[]): boolean {
  return (
    someHeader(headers, 'persistent-auth', (value) => value.trim().toLowerCase() === 'true') ||
    someHeader(headers, 'www-authenticate', (value) => answerToCredentials.test(value))
  );
}

function someHeader(flat: readonly string[], name: string, fits: (value: string) => boolean): boolean {
  return rawValues(flat, name).some(fits);
}
