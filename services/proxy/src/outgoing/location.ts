import type { Target } from '@latchkey/upstreams';

/**
 * The headers that tell a browser where something is. Those that it follows, and `Content-Location`, which names what it was
 * given.
 */
export const addressHeaders: ReadonlySet<string> = new Set(['location', 'content-location', 'refresh']);

// Scheme and authority as RFC 3986, appendix B, splits them off; where a `\` or a blank stands behind them, readers differ.
// In front of them, what `Refresh` says.
const absolute =
  /^(?<before>[\d.\s]*[;,]\s*url\s*=\s*["']?)?(?<authority>(?:https?:)?\/\/[^/?#\\\s"'@]+)(?<rest>(?:[/?#"'].*)?)$/is;

/**
 * The value of such a header with the application's own address, where it holds that one, replaced by the one at which
 * browsers reach it. The application knows no other where it is not told the host. Anything else is left as it came.
 *
 * @param origin scheme and authority for browsers
 */
export function withPublicAddress(value: string, target: Target, origin: string): string {
  const { before = '', authority, rest = '' } = absolute.exec(value)?.groups ?? {};
  if (authority === undefined || URL.parse(authority, target.origin)?.origin !== target.origin) return value;
  // What is not below the path of `to` has no public address.
  if (!rest.startsWith(target.basePath)) return value;
  const path = rest.slice(target.basePath.length);
  if (!/^(?:$|[/?#"'])/.test(path)) return value;
  return before + origin + (path.startsWith('/') ? path : `/${path}`);
}
