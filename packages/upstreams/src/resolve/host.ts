const schemePattern = /^[a-z][a-z0-9+.-]*:\/\//i;
const hostPattern = /^(?:[a-z0-9_-]+\.)*[a-z0-9_-]+\.?$|^\[[0-9a-f:.]+\]$/;

/** A `from` as the route table looks it up, or undefined when it is no host name. */
export type RequestedHost = { host: string; hasPath: boolean };

/**
 * Reads the `from` of a simple route: `host[:port]`. The host is lower-case, in its ASCII form and without a trailing dot;
 * the port is dropped where browsers would not send it: the one of its scheme, or 80 and 443 where no scheme is given.
 */
export function parseFrom(from: string): RequestedHost | undefined {
  if (/[\s\\@]/.test(from)) return undefined;
  const scheme = schemePattern.exec(from)?.[0] ?? '';
  const [authority = ''] = from.slice(scheme.length).split(/[/?#]/);
  const url = URL.parse(`${scheme.toLowerCase() === 'https://' ? 'https' : 'http'}://${authority}`);
  if (!url || !isHostName(url.hostname)) return undefined;

  const host = url.hostname.replace(/\.$/, '');
  const port = scheme === '' && url.port === '443' ? '' : url.port;
  const rest = from.slice(scheme.length + authority.length);
  return { host: port === '' ? host : `${host}:${port}`, hasPath: rest !== '' && rest !== '/' };
}

/** Whether `text` begins with a scheme, `http://` for one. */
export function hasScheme(text: string): boolean {
  return schemePattern.test(text);
}

/** A host name or a bracketed IPv6 address. Underscores are not for DNS, but names of containers have them. */
export function isHostName(host: string): boolean {
  return host.length <= 254 && hostPattern.test(host);
}
