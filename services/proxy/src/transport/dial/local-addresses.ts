import { lookup } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import type { LookupFunction } from 'node:net';

/**
 * Where the machine itself answers, or something that vouches for it: the metadata of a cloud hands out the credentials of
 * every client that can reach it, and asks for none.
 */
const ipv4 = [
  '0.0.0.0/8', // RFC 1122, section 3.2.1.3: this host. Linux connects to itself.
  '127.0.0.0/8', // RFC 1122: loopback
  '169.254.0.0/16', // RFC 3927: link-local. Metadata of AWS, Google, Azure; credentials of ECS (.170.2) and EKS (.170.23).
  '100.100.100.200/32', // metadata of Alibaba Cloud
  '168.63.129.16/32', // the wire server of Azure
  '192.0.0.192/32', // metadata of Oracle Cloud
];
const ipv6 = [
  '::/96', // RFC 4291: unspecified and loopback, and IPv4 addresses in the form that is given up
  'fe80::/10', // RFC 4291, section 2.5.6: link-local
  'fd00:ec2::/32', // metadata and credentials of AWS
  'fd20:ce::254/128', // metadata of Google
];

// RFC 6052, section 2.1: a gateway takes these for the IPv4 address in their last 32 bits. `::ffff:` needs no row of its
// own, because a `BlockList` takes such an address for the IPv4 one.
const nat64 = '64:ff9b::';
const nat64Bits = 96;

const localAddresses = new BlockList();
for (const [network, bits] of ipv4.map(splitRange)) {
  localAddresses.addSubnet(network, bits, 'ipv4');
  localAddresses.addSubnet(`${nat64}${network}`, nat64Bits + bits, 'ipv6');
}
for (const [network, bits] of ipv6.map(splitRange)) localAddresses.addSubnet(network, bits, 'ipv6');

/** Tells whether an address is that of the machine itself, of its link, or of what a cloud tells its machines. */
export function isLocalAddress(address: string): boolean {
  // A link-local address may come with its zone, `fe80::1%eth0`.
  const [bare = ''] = address.split('%');
  return localAddresses.check(bare, isIP(bare) === 6 ? 'ipv6' : 'ipv4');
}

/** Why a connection was not opened. */
export class LocalAddressError extends Error {
  constructor(address: string) {
    super(
      `the host name that was asked for leads to ${address}, an address of this machine or its cloud: name the hosts in \`from\`, or set UPSTREAM_DANGEROUSLY_ALLOW_LOCAL_TARGETS`,
    );
  }
}

/** What is wrong with a host that is an address: nobody looks it up, so that `lookupElsewhere` never sees it. */
export function refuseLocalLiteral(hostname: string): LocalAddressError | undefined {
  const address = hostname.replace(/^\[|\]$/g, '');
  return isIP(address) !== 0 && isLocalAddress(address) ? new LocalAddressError(address) : undefined;
}

/**
 * Looks a name up for a connection, and fails where any of its addresses is a local one. What it gives is what is connected
 * to, so that a name cannot lead elsewhere between the look and the call.
 */
export const lookupElsewhere: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, options, (error, address, family) => {
    const found = Array.isArray(address) ? address.map((each) => each.address) : [address];
    const local = error === null ? found.find(isLocalAddress) : undefined;
    if (local === undefined) callback(error, address, family);
    else callback(new LocalAddressError(local), address, family);
  });
};

function splitRange(range: string): [network: string, bits: number] {
  const [network = '', bits = ''] = range.split('/');
  return [network, Number(bits)];
}
