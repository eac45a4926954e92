import { BlockList } from 'node:net';
import { plainAddress } from './address.ts';

/** A range of addresses: those that begin with the same bits. Never IPv4 that is written as IPv6. */
export type Network = { readonly family: 'ipv4' | 'ipv6'; readonly address: string; readonly bits: number };

/**
 * Reads a range like `10.0.0.0/8`; a single address is the range of itself.
 *
 * A prefix counts the bits of the form in which the address is written: `::ffff:10.0.0.0/104` is `10.0.0.0/8`, while
 * `::ffff:10.0.0.0/8` would hold every IPv4 address there is (CVE-2026-90711) and is refused.
 */
export function readNetwork(text: string): Network | undefined {
  const [written = '', prefix, ...more] = text.split('/');
  const address = plainAddress(written);
  if (address === undefined || address.includes('%') || more.length > 0) return undefined;
  if (prefix !== undefined && !/^(?:0|[1-9]\d{0,2})$/.test(prefix)) return undefined;
  const [width, writtenWidth] = [widthOf(address), widthOf(written)];
  const bits = Number(prefix ?? writtenWidth) - (writtenWidth - width);
  return bits < 0 || bits > width ? undefined : { family: familyOf(address), address, bits };
}

/** A range as `readNetwork` reads it. */
export function networkText({ address, bits }: Network): string {
  return `${address}/${bits}`;
}

/**
 * What was meant by an IPv4 range that is written as IPv6, with a prefix that counts the bits of the IPv4 address.
 *
 * @returns undefined for whatever is none
 */
export function meantNetwork(text: string): Network | undefined {
  const [written = '', prefix = ''] = text.split('/');
  const address = plainAddress(written);
  const isMapped = address !== undefined && widthOf(address) < widthOf(written);
  return isMapped ? readNetwork(`${address}/${prefix}`) : undefined;
}

/** Makes the question whether an address, in whatever spelling, lies in one of several ranges. */
export function inNetworks(networks: readonly Network[]): (address: string) => boolean {
  // One list for each family: a `BlockList` takes IPv4 for a part of IPv6 ranges that begin with zeros, such as `::/64`.
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const { family, address, bits } of networks) lists[family].addSubnet(address, bits, family);
  return function isInNetworks(text) {
    const address = plainAddress(text);
    if (address === undefined) return false;
    const family = familyOf(address);
    return lists[family].check(address, family);
  };
}

// Of all addresses of a family, those that anybody has: IPv6 gives out 2000::/3 (RFC 4291, section 2.4).
const internetShare = { ipv4: 1, ipv6: 1 / 8 };

/** Tells whether ranges hold half the internet or more between them, in either family. */
export function coverInternet(networks: readonly Network[]): boolean {
  const shares = { ipv4: 0, ipv6: 0 };
  for (const { family, bits } of networks) shares[family] += 2 ** -bits;
  return shares.ipv4 >= internetShare.ipv4 / 2 || shares.ipv6 >= internetShare.ipv6 / 2;
}

function familyOf(address: string): Network['family'] {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}

function widthOf(address: string): number {
  return familyOf(address) === 'ipv6' ? 128 : 32;
}
