import { inNetworks, readNetwork } from './network.ts';
import { plainAddress } from './address.ts';

// What is not reachable for everybody, or stands for another address (the IANA registries of special-purpose addresses, RFC 6890).
const special = [
  '0.0.0.0/8', // RFC 791: this network
  '10.0.0.0/8', // RFC 1918: private
  '100.64.0.0/10', // RFC 6598: behind the NAT of a carrier. Metadata of Alibaba Cloud.
  '127.0.0.0/8', // RFC 1122: loopback
  '168.63.129.16/32', // the wire server of Azure
  '169.254.0.0/16', // RFC 3927: link-local. Metadata and credentials of clouds.
  '172.16.0.0/12', // RFC 1918: private
  '192.0.0.0/24', // RFC 6890: of protocols. Metadata of Oracle Cloud.
  '192.0.2.0/24', // RFC 5737: for examples
  '192.88.99.0/24', // RFC 7526: 6to4, given up
  '192.168.0.0/16', // RFC 1918: private
  '198.18.0.0/15', // RFC 2544: for measurements
  '198.51.100.0/24', // RFC 5737: for examples
  '203.0.113.0/24', // RFC 5737: for examples
  '224.0.0.0/3', // RFC 1112: multicast, reserved, broadcast
  '2001::/23', // RFC 2928: of protocols. Teredo holds an IPv4 address.
  '2001:db8::/32', // RFC 3849: for examples
  '2002::/16', // RFC 3056: 6to4 holds an IPv4 address
  '3fff::/20', // RFC 9637: for examples
];

// RFC 4291, section 2.4: all that is given out to anybody. NAT64, private and link-local addresses are elsewhere.
const given = ['0.0.0.0/0', '2000::/3'];

const isGiven = inNetworks(given.map(readNetwork).filter((range) => range !== undefined));
const isSpecial = inNetworks(special.map(readNetwork).filter((range) => range !== undefined));

/** Tells whether an address is one of the internet: of nobody's own network, machine or cloud, and of no protocol. */
export function isPublicAddress(text: string): boolean {
  const address = plainAddress(text);
  return address !== undefined && !address.includes('%') && isGiven(address) && !isSpecial(address);
}
