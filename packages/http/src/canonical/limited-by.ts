import { inNetworks, plainAddress, readNetwork } from '@latchkey/networks';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

// Where load balancers are, and nobody from the internet (RFC 1918, 3927, 4193, 4291, 6598).
const inside = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '::1',
  'fc00::/7',
  'fe80::/10',
];
const isInside = inNetworks(inside.flatMap((text) => readNetwork(text) ?? []));

/**
 * What a request counts under where each address has a limit: an IPv4 address, or the 64 bits of an IPv6 one that are
 * given to a site (RFC 6177), within which anybody has as many addresses as they like.
 *
 * @param client as read from what trusted peers say
 * @returns undefined where everybody may stand behind the one address: it is inside, forwards for others, and is not
 *   trusted to say for whom. A client from the internet cannot pretend that
 */
export function limitedBy(
  req: Pick<IncomingMessage, 'headers'> & { socket: { remoteAddress?: string | undefined } },
  client: string,
): string | undefined {
  const { 'x-forwarded-for': list, forwarded } = req.headers;
  const isForwarded = list !== undefined || forwarded !== undefined;
  const isPeer = client === plainAddress(req.socket.remoteAddress ?? '');
  // What forwards for somebody at its own address, as for a check on the same machine, says so.
  const isForItself = plainAddress(list?.toString().split(',').at(-1)?.trim() ?? '') === client;
  if (isForwarded && isPeer && !isForItself && isInside(client)) return undefined;
  return isIP(client) === 6 ? `${first64Bits(client)}::/64` : client;
}

// Of the shortened spelling, in which `::` stands for the zeros that are left out.
function first64Bits(address: string): string {
  const [left = [], right] = address.split('::').map((part) => part.split(':').filter(Boolean));
  const zeros = right === undefined ? 0 : 8 - left.length - right.length;
  return [...left, ...Array<string>(zeros).fill('0'), ...(right ?? [])].slice(0, 4).join(':');
}
