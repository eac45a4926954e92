import type { IncomingHttpHeaders } from 'node:http';

// As long as a cookie may be, and room for the names of claims that others choose.
const longestToken = 8_192;
const credentials = /^bearer +(?<token>[\w.~+/-]+=*)$/i;

/** The token that a request shows (RFC 6750, section 2.1); undefined where it shows none. */
export function bearerToken({
  authorization,
}: Pick<IncomingHttpHeaders, 'authorization'>): string | undefined {
  if (authorization === undefined || authorization.length > longestToken) return undefined;
  return credentials.exec(authorization)?.groups?.['token'];
}
