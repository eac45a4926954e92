const longestUri = 512;
const loopbackHosts = ['127.0.0.1', '[::1]', 'localhost'];

/** Tells whether an address leads to a program on the computer of the browser (RFC 8252, section 7.3), at any port. */
export function isLoopbackUri(uri: string, hosts: readonly string[] = loopbackHosts): boolean {
  const url = plainUrl(uri);
  return url?.protocol === 'http:' && hosts.includes(url.hostname);
}

/** Tells whether an address is one that a program may register: on the computer of the browser, or over TLS. */
export function isRegistrable(uri: string): boolean {
  return isLoopbackUri(uri) || plainUrl(uri)?.protocol === 'https:';
}

/** Tells whether an address is a registered one. On the computer of the browser a program takes whatever port is free. */
export function isSameRedirect(uri: string, registered: string): boolean {
  const [one, other] = [plainUrl(uri), plainUrl(registered)];
  if (one === undefined || other === undefined) return false;
  if (isLoopbackUri(uri) && isLoopbackUri(registered)) one.port = other.port;
  return one.href === other.href;
}

// In the one spelling that a URL has, or without the slash of an empty path: what else is text that some reader may take for
// another host.
function plainUrl(uri: string): URL | undefined {
  const url = uri.length <= longestUri ? URL.parse(uri) : null;
  if (url === null || (url.href !== uri && url.href !== `${uri}/`)) return undefined;
  return url.username === '' && url.password === '' && !uri.includes('#') ? url : undefined;
}
