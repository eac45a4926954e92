import { upstreamTarget } from '@latchkey/upstreams';
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
 * browsers reach it. The application knows no other where it does not get the host. Anything else is left as it came.
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

/** What an application believes its own address to be. */
export type InnerAddress = {
  readonly target: Target;
  /** what it gets in `Host` */
  readonly host: string;
};

/**
 * The value of `Destination` (RFC 4918, section 10.3), where a resource is copied or moved to, with the public address
 * replaced by the one at which the application is asked. nginx, Apache's mod_dav and Go's webdav refuse any other host, and
 * the first two any other scheme. An address that is not ours is left as it came.
 *
 * @param origin scheme and authority that the caller used
 * @returns undefined for what is not below the path of `to`, where it has one: only `Destination` leads there
 */
export function withInnerAddress(
  value: string,
  { target, host }: InnerAddress,
  origin: string,
): string | undefined {
  const reference = ownReference(value, origin);
  if (reference === undefined) return target.basePath === '' ? value : undefined;
  const at = `${reference}?`.indexOf('?');
  const inner = upstreamTarget(
    { target: reference, rawPath: reference.slice(0, at), query: reference.slice(at) },
    target,
  );
  if (inner === undefined || value === reference) return inner;
  return `${target.origin.slice(0, target.origin.indexOf('//'))}//${host}${inner}`;
}

// RFC 4918, section 10.4.2: a quoted text, something in angle brackets, an end of a list, or what is between them.
const partsOfIf = /"[^"]*"?|<[^>]*>?|[()]|[^"<()]+/g;

/**
 * The value of `If` (RFC 4918, section 10.4) with the addresses that it has conditions for as `Destination` has them. What
 * stands within a list is the name of a lock. An address that leads nowhere is left as it came: a condition that cannot hold
 * keeps a request from being carried out, and none at all would not.
 */
export function withInnerConditions(value: string, address: InnerAddress, origin: string): string {
  let isInList = false;
  return value.replaceAll(partsOfIf, function inner(part) {
    if (part === '(' || part === ')') isInList = part === '(';
    if (isInList || !/^<.*>$/s.test(part)) return part;
    const resource = part.slice(1, -1);
    return `<${withInnerAddress(resource, address, origin) ?? resource}>`;
  });
}

// Path and query of an address of the host that was asked. RFC 4918, section 8.3: an absolute URI, or a path and a query.
function ownReference(value: string, origin: string): string | undefined {
  if (value.includes('#')) return undefined;
  const { before, authority, rest = '' } = absolute.exec(value)?.groups ?? {};
  if (authority === undefined) return value.startsWith('/') ? value : undefined;
  if (before !== undefined || URL.parse(authority, origin)?.origin !== URL.parse(origin)?.origin) {
    return undefined;
  }
  return rest.startsWith('/') ? rest : `/${rest}`;
}
