import { inNetworks, plainAddress, readNetwork } from '@latchkey/networks';
import type { Network } from '@latchkey/networks';
import type { IncomingMessage } from 'node:http';
import { givenAmznTraceId, givenRequestId } from '../server/request-id.ts';
import { rawValues } from './raw-headers.ts';

/** Who is at the other end, as far as trusted peers vouch for it. */
export type Caller = {
  readonly client: string;
  readonly forwardedFor: string;
  readonly forwardedProto: 'http' | 'https' | undefined;
};

/** Reads forwarding headers, believing them only from the configured peers. */
export type PeerTrust = {
  /** whether what a request says of another one is believed, or what comes on a connection */
  isTrusted(req: Pick<IncomingMessage, 'socket'>): boolean;
  read(req: IncomingMessage): Caller;
  /** the `X-Request-Id` that a trusted peer gave the request, if it is one to write into a log */
  requestId(req: IncomingMessage): string | undefined;
  /** the `X-Amzn-Trace-Id` that a trusted peer gave it, likewise */
  amznTraceId(req: IncomingMessage): string | undefined;
};

type Peer = { readonly address: string; readonly isTrusted: boolean };

/**
 * @param networks addresses or CIDR ranges of load balancers in front of us; empty means that nobody is believed,
 *   which is the default (CVE-2026-40575: the trusted set there was the whole internet)
 * @throws RangeError for what is no range
 */
export function trustPeers(networks: readonly string[]): PeerTrust {
  const isTrusted = inNetworks(networks.map(networkOf));
  // Many requests come on one connection, and who is at its other end never changes.
  const peers = new WeakMap<IncomingMessage['socket'], Peer>();

  function peerOf({ socket }: Pick<IncomingMessage, 'socket'>): Peer {
    let peer = peers.get(socket);
    if (peer === undefined) {
      const address = plainAddress(socket.remoteAddress ?? '') ?? '';
      peer = { address, isTrusted: isTrusted(address) };
      peers.set(socket, peer);
    }
    return peer;
  }

  return {
    isTrusted: (req) => peerOf(req).isTrusted,
    requestId: (req) => (peerOf(req).isTrusted ? givenRequestId(req.headers) : undefined),
    amznTraceId: (req) => (peerOf(req).isTrusted ? givenAmznTraceId(req.headers) : undefined),
    read(req) {
      const { address: peer, isTrusted: isBelieved } = peerOf(req);
      if (!isBelieved) return { client: peer, forwardedFor: peer, forwardedProto: undefined };
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

// No way to us is longer. Each entry costs a look into the list, and a stranger can write thousands of ours.
const mostHops = 50;

// The chain is read from the right, where our own load balancer appended, up to the first entry that is no address.
function forwardedChain(req: IncomingMessage): string[] {
  const entries = rawValues(req.rawHeaders, 'x-forwarded-for').join(',').split(',').slice(-mostHops);
  const addresses = entries.map((entry) => plainAddress(withoutPort(entry.trim())));
  const unreadable = addresses.lastIndexOf(undefined);
  return addresses.slice(unreadable + 1).filter((address) => address !== undefined);
}

function forwardedProto(req: IncomingMessage): 'http' | 'https' | undefined {
  const values = rawValues(req.rawHeaders, 'x-forwarded-proto');
  const [value] = values;
  return values.length === 1 && (value === 'http' || value === 'https') ? value : undefined;
}

// An ALB may append the client's port.
function withoutPort(entry: string): string {
  const parts = /^(?<v4>\d+\.\d+\.\d+\.\d+):\d+$|^\[(?<v6>[^\]]+)\](?::\d+)?$/.exec(entry)?.groups;
  return parts?.['v4'] ?? parts?.['v6'] ?? entry;
}

function networkOf(text: string): Network {
  const network = readNetwork(text);
  if (network === undefined) throw new RangeError(`${text} is no range of addresses`);
  return network;
}
