declare const hostName: unique symbol;
/** A host in canonical form: lower case, no trailing dot, no port. IPv6 literals keep their brackets. */
export type HostName = string & { readonly [hostName]: true };

/** A host with the port that was written after it, if any. */
export type Authority = { readonly host: HostName; readonly port: number | undefined };

const dnsName = /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,62})?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,62})?)*$/;
const ipv6Literal = /^\[[0-9a-f:.]{2,45}\]$/;

/**
 * Reads a `Host` header or URL authority (RFC 9110, section 7.2) into its one canonical form.
 *
 * Letter case and a trailing dot do not make another host (CVE-2026-48794: an upper-case letter skipped the stricter
 * rule), so they are folded here, once, before anything compares.
 *
 * @returns undefined for anything that is not `name[:port]`: userinfo, percent-encoding, spaces, two names
 */
export function canonicalAuthority(value: string): Authority | undefined {
  if (!value.includes(':')) return withPort(canonicalHost(value), undefined);
  const parts = /^(?<name>\[[^\]]*\]|[^:]*)(?::(?<port>\d{1,5}))?$/.exec(value)?.groups;
  const port = parts?.['port'] === undefined ? undefined : Number(parts['port']);
  if (port !== undefined && (port === 0 || port > 65_535)) return undefined;
  return withPort(canonicalHost(parts?.['name'] ?? ''), port);
}

function withPort(host: HostName | undefined, port: number | undefined): Authority | undefined {
  return host && { host, port };
}

/** Writes an authority: the host, and the port where there is one. */
export function authorityOf({ host, port }: Authority): string {
  return port === undefined ? host : `${host}:${port}`;
}

/** Folds a host name without port into its canonical form; undefined when it is none. */
export function canonicalHost(name: string): HostName | undefined {
  // Before folding: outside ASCII there are letters that fold into it (U+212A, KELVIN SIGN, becomes k).
  if (!/^[!-~]+$/.test(name)) return undefined;
  const folded = name.toLowerCase();
  const host = folded.endsWith('.') ? folded.slice(0, -1) : folded;
  return isHostName(host) ? host : undefined;
}

function isHostName(text: string): text is HostName {
  return dnsName.test(text) || ipv6Literal.test(text);
}
