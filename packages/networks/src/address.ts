import { isIP, SocketAddress } from 'node:net';

/**
 * The one spelling of an address: IPv4 that is written as IPv6 (RFC 4291, section 2.5.5.2), in dots or in hexadecimal, is
 * the IPv4 address that it stands for, and IPv6 is shortened as in RFC 5952. A zone (`fe80::1%eth0`) stays as it is.
 *
 * @returns undefined for whatever is no address
 */
export function plainAddress(text: string): string | undefined {
  const version = isIP(text);
  if (version === 0) return undefined;
  if (version === 4 || text.includes('%')) return text;
  const { address } = new SocketAddress({ address: text, family: 'ipv6' });
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : address;
}
