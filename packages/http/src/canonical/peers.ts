import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { rawValues } from './raw-headers.ts';

/** Who is at the other end, as far as trusted peers vouch for it. */
export type Caller = {
  readonly client: string;
  readonly forwardedFor: string;
  readonly forwardedProto: 'http' | 'https' | undefined;
};

/** Reads forwarding headers, believing them only from the configured peers. */
export type PeerTrust = { read(req: IncomingMessage): Caller };

/**
 * @param networks addresses or CIDR ranges of load balancers in front of us; empty means that nobody is believed,
 *   which is the default (CVE-2026-40575: the trusted set there was the whole internet)
 */
export function trustPeers(networks: readonly string[]): PeerTrust {
  const trusted = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(bits), family);
  }
  const isTrusted = (address: string) => trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

  return {
    read(req) {
      const peer = plainAddress(req.socket.remoteAddress ?? '');
      if (!isTrusted(peer)) return { client: peer, forwardedFor: peer, forwardedProto: undefined };
      const chain = [...forwardedChain(req), peer];
      const client = chain.findLastIndex((address) => !isTrusted(address));
      const from = Math.max(client, 0);
      return {
        client: chain[from] ?? peer,
        forwardedFor: chain.slice(from).join(', '),
        forwardedProto: forwardedProto(req),
      };
    },
  };
}

// The chain is read from the right, where our own load balancer appended, up to the first entry that is no address.
function forwardedChain(req: IncomingMessage): string[] {
  const entries = rawValues(req.rawHeaders, 'x-forwarded-for')
    .join(',')
    .split(',')
    .map((entry) => plainAddress(entry.trim()));
  const unreadable = entries.findLastIndex((entry) => isIP(entry) === 0);
  return entries.slice(unreadable + 1);
}

function forwardedProto(req: IncomingMessage): 'http' | 'https' | undefined {
  const values = rawValues(req.rawHeaders, 'x-forwarded-proto');
  const [value] = values;
  return values.length === 1 && (value === 'http' || value === 'https') ? value : undefined;
}

// IPv4 in IPv6 clothes is the same peer (Hono 48fa2233), and an ALB may append the client's port.
function plainAddress(text: string): string {
  const unmapped = text.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+)/i, '');
  const withPort = /^(?<v4>\d+\.\d+\.\d+\.\d+):\d+$|^\[(?<v6>[^\]]+)\](?::\d+)?$/.exec(unmapped)?.groups;
  return withPort?.['v4'] ?? withPort?.['v6'] ?? unmapped;
}
