import { rawValues } from './raw-headers.ts';

// Those that are checked by a signature have some hundred characters; all of a head is 16 KiB.
const longest = 8_192;
const scheme = /^bearer(?: |$)/i;
// RFC 6750, section 2.1.
const credentials = /^bearer +([\w.~+/-]+=*)$/i;

/**
 * The token that a request shows in `Authorization: Bearer` (RFC 6750, section 2.1), and nowhere else: an address with a token in
 * it ends up in logs and histories. Undefined where none came, `malformed` where it cannot be said which one is meant.
 *
 * @param rawHeaders Node's flat list: of several such headers it keeps the first, and an application may take the last
 */
export function bearerToken(
  rawHeaders: readonly string[],
): { readonly token: string } | 'malformed' | undefined {
  const values = rawValues(rawHeaders, 'authorization');
  const [value = ''] = values;
  if (!values.some((one) => scheme.test(one))) return undefined;
  if (values.length > 1 || value.length > longest) return 'malformed';
  const token = credentials.exec(value)?.[1];
  return token === undefined ? 'malformed' : { token };
}
