import { meantNetwork, networkText, readNetwork } from '@latchkey/networks';
import { isIP } from 'node:net';
import { listOf, parsePort, valueType } from './value-types.ts';

const labelPattern = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

const anAddress = 'an address like https://idp.example.com/path';

/**
 * An address with any path, as an identity provider publishes it. Secrets go there: over TLS, or on this very machine for
 * development and tests.
 */
export const secureAddress = valueType(
  'URL',
  anAddress,
  (text) => {
    const url = parseWebAddress(text);
    return url !== undefined && isSecure(url) ? url : undefined;
  },
  {
    example: 'https://idp.example.com',
    advise: (text) =>
      parseWebAddress(text) === undefined
        ? anAddress
        : 'an https URL (http only on this machine, like http://127.0.0.1:8080)',
  },
);

/** Whether what is read or sent there stays between the two. */
export function isSecure({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
}

/** The address of an outgoing proxy, which may hold a name and a password; without a scheme it is `http`, as in Go. */
export const outgoingProxy = valueType('URL', 'an address like http://proxy.internal:3128', (text) => {
  const url = /^[^\s\\#]+$/.test(text) ? URL.parse(text.includes('://') ? text : `http://${text}`) : null;
  const isOne = url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/';
  return isOne && isEscaped(url.username) && isEscaped(url.password) ? url.href : undefined;
});

// What `%` stands for has to be text.
function isEscaped(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** Only scheme, host and port of an address; a path is dropped, as in BuzzFeed SSO. */
export const origin = valueType(
  'URL',
  'an address like https://sso.example.com',
  (text) => {
    const url = parseWebAddress(text);
    return url && new URL(url.origin);
  },
  { example: 'https://sso.example.com' },
);

/** An address of the web as its author wrote it, without credentials; undefined for what is none. */
export function parseWebAddress(text: string): URL | undefined {
  // The URL parser mends blanks, backslashes and missing slashes; the author should know.
  if (!/^https?:\/\/[^\s\\#]+$/i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.username === '' && url.password === '' ? url : undefined;
}

/** The `Host` that a service answers to: a name in lower case, and a port where it is not the usual one. */
export const host = valueType(
  'host',
  'a host like sso.example.com or sso.example.com:8443',
  (text) => {
    const [name = '', portText, ...more] = text.toLowerCase().split(':');
    if (more.length > 0 || !isHostName(name)) return undefined;
    if (portText === undefined) return name;
    const port = parsePort(portText);
    return port === undefined ? undefined : `${name}:${port}`;
  },
  { example: 'sso.example.com' },
);

/** A domain in lower case without its leading dot. An IP address has no subdomains, so it is none. */
export const domain = valueType('domain', 'a domain like example.com', parseDomain);

export const domainList = listOf(
  'domain list',
  valueType(
    'domain',
    'a domain like example.com, or * for any',
    (text) => (text === '*' ? text : parseDomain(text)),
    { example: 'example.com' },
  ),
);

/** What follows the `@` of an e-mail address, which may itself be written in front of it. */
export const emailDomainList = listOf(
  'e-mail domain list',
  valueType('e-mail domain', 'what follows the @ like example.com, or * for any', (text) =>
    text === '*' ? text : parseDomain(text.replace(/^@/, '')),
  ),
);

export const emailAddressList = listOf(
  'e-mail address list',
  valueType('e-mail address', 'an address like ada@example.com, or * for any', (text) =>
    text === '*' || /^[^\s@]+@[^\s@]+$/.test(text) ? text.toLowerCase() : undefined,
  ),
);

/** Address ranges; a single address is the range of itself. IPv4 that is written as IPv6 becomes IPv4. */
export const cidrList = listOf(
  'CIDR list',
  valueType('CIDR', 'a range like 10.0.0.0/16', parseCidr, { advise: adviseCidr }),
);

/** Hosts, domains and address ranges that are reached without an outgoing proxy, as Go reads them: what is none is ignored. */
export const proxyExceptions = valueType(
  'text',
  'hosts, domains and address ranges with commas between',
  (text) => (text.split(',').some(isTooWide) ? undefined : text),
  { advise: (text) => text.split(',').filter(isTooWide).map(adviseCidr).join(', ') },
);

function parseDomain(text: string): string | undefined {
  const name = text.toLowerCase().replace(/^\./, '');
  return isHostName(name) && isIP(name) === 0 ? name : undefined;
}

function isHostName(name: string): boolean {
  return name.length <= 253 && name.split('.').every((label) => labelPattern.test(label));
}

function parseCidr(text: string): string | undefined {
  const network = readNetwork(text);
  return network && networkText(network);
}

function adviseCidr(text: string): string {
  const meant = meantNetwork(text.trim());
  if (meant === undefined) return 'a range like 10.0.0.0/16';
  return `${networkText(meant)} (as IPv6 it would hold every IPv4 address)`;
}

function isTooWide(text: string): boolean {
  return meantNetwork(text.trim()) !== undefined;
}
