import { isPublicAddress } from '@latchkey/networks';
import { Resolver } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { callbackify } from 'node:util';

/** Gives the addresses of a name. */
export type Resolve = (name: string) => Promise<readonly string[]>;

/**
 * Asks the name servers, and not the threads of `getaddrinfo`: there are four, everything that is sealed needs one, and a server of a
 * stranger may be slow. So `/etc/hosts` does not count.
 */
export const askNameServers: Resolve = async function askNameServers(name) {
  const resolver = new Resolver({ timeout: 2_000, tries: 1 });
  const [ipv4, ipv6] = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  return [ipv4, ipv6].flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
};

/**
 * Looks a name up for a connection, and fails where any of its addresses is not one of the internet: what a stranger names shall lead
 * to no machine of ours. What it gives is what is connected to, so a name cannot lead elsewhere between the look and the call.
 */
export function publicLookup(
  resolve: Resolve,
  isAllowed: (address: string) => boolean = isPublicAddress,
): LookupFunction {
  const lookUp = callbackify(async function publicAddresses(name: string) {
    const addresses = await resolve(name);
    if (addresses.length === 0 || !addresses.every(isAllowed)) {
      throw new Error('the name does not lead to the internet');
    }
    return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  });
  return (name, _options, callback) => lookUp(name, callback);
}
