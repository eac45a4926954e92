import { isIP } from 'node:net';

const longestId = 256;

/**
 * Reads a `client_id` that is the address of a document (OAuth Client ID Metadata Document, section 3). A person is shown its host,
 * so it has to be a name, in the one spelling that a URL has: with letters of other scripts it is `xn--…`.
 *
 * @returns undefined for every other `client_id`
 */
export function documentAddress(id: string): URL | undefined {
  const url = id.length <= longestId ? URL.parse(id) : null;
  if (url?.protocol !== 'https:' || url.href !== id) return undefined;
  const { hostname, pathname, username, password, search } = url;
  if (username !== '' || password !== '' || search !== '' || /[?#]/.test(id)) return undefined;
  const isName = hostname.includes('.') && isIP(hostname) === 0 && !/\.(?:localhost)?\.?$/.test(hostname);
  return isName && pathname !== '/' ? url : undefined;
}
