import type { Target } from '../types.ts';
import { hasScheme, isHostName } from './host.ts';

/** An address to forward to, or what is wrong with it. The reason quotes nothing: a password may be in it. */
export type ParsedTarget = { ok: true; target: Target } | { ok: false; reason: string };

/** Reads `to`: `host[:port][/path][?query]`, with `scheme` where it names none, `unix:/path`, `tcp://host:port` or `tls://host:port`. */
export function parseTarget(to: string, scheme: 'http' | 'https'): ParsedTarget {
  // The URL parser would drop or turn these without a word, and then forward elsewhere than the file says.
  // oxlint-disable-next-line no-control-regex
  if (/[\s\\\0-\x1F\x7F]/.test(to)) return no('it holds a space, a backslash or a control character');
  if (isSocket(to)) return socketTarget(to);
  if (isTcp(to)) return tcpTarget(to);
  const url = URL.parse(hasScheme(to) ? to : `${scheme}://${to}`);
  if (!url) return no('it cannot be read');
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return no('its scheme is none of http, https, unix, tcp and tls');
  if (url.username !== '' || url.password !== '') return no('it holds credentials');
  if (url.hash !== '') return no('it has a fragment');
  if (!isHostName(url.hostname)) return no('its host is not a host name');
  if (url.port === '0') return no('its port is 0');
  return {
    ok: true,
    target: { origin: url.origin, basePath: url.pathname.replace(/\/$/, ''), query: url.search.slice(1) },
  };
}

/** Tells whether a `to` is written as a Unix socket. */
export function isSocket(to: string): boolean {
  return /^unix:/i.test(to);
}

// What curl and nginx tell an application at a socket.
const socketOrigin = 'http://localhost';

function socketTarget(to: string): ParsedTarget {
  const socketPath = /^unix:(?:\/\/)?(?<path>\/[^?#]+)$/i.exec(to)?.groups?.['path'];
  if (socketPath === undefined)
    return no('a Unix socket is written with its whole path, and nothing behind it');
  if (Buffer.byteLength(socketPath) > longestSocketPath) return no('the path of the socket is too long');
  return { ok: true, target: { origin: socketOrigin, socketPath, basePath: '', query: '' } };
}

/** Tells whether a `to` leads to what is not HTTP: as it is, or over TLS. */
export function isTcp(to: string): boolean {
  return /^(?:tcp|tls):/i.test(to);
}

// Read as an address of HTTP, whose host is one name in all spellings. The port is written out: no protocol is known to have one.
function tcpTarget(to: string): ParsedTarget {
  const {
    scheme = '',
    host,
    port,
  } = /^(?<scheme>tcp|tls):\/\/(?<host>[^/?#@]+):(?<port>[1-9]\d{0,4})$/i.exec(to)?.groups ?? {};
  const url = host === undefined ? null : URL.parse(`http://${host}:${port}`);
  if (!url || !isHostName(url.hostname))
    return no('TCP is written with host and port, and nothing behind them');
  return {
    ok: true,
    target: { origin: `${scheme.toLowerCase()}://${url.hostname}:${port}`, basePath: '', query: '' },
  };
}

// What unix(7) has room for.
const longestSocketPath = 107;

/** The sentence about a `to` that is no address. */
export function toInvalid(reason: string): string {
  return `unable to url parse \`to\` parameter: ${reason}. Write \`host[:port][/path]\`, \`unix:/path\`, \`tcp://host:port\` or \`tls://host:port\``;
}

function no(reason: string): ParsedTarget {
  return { ok: false, reason };
}
