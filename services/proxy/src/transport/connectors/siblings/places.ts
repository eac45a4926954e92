import { lookup } from 'node:dns/promises';
import type { Logger } from 'pino';

/** A host, as a name or an address, and a port. */
export type Place = { readonly host: string; readonly port: number };

/** Finds the addresses of all tasks, as far as they are known at this moment. Never rejects. */
export type FindPlaces = () => Promise<readonly Place[]>;

export const hostWithPort = ({ host, port }: Place): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;

// Further ones are found when some of these have left.
const most = 100;

/** Makes the search: each address that one of the names has is a task. */
export function createFindPlaces(places: readonly Place[], log: Logger): FindPlaces {
  const failed = new Set<string>();

  async function addressesOf({ host, port }: Place): Promise<readonly Place[]> {
    try {
      const found = await lookup(host, { all: true });
      failed.delete(host);
      return found.map(({ address }) => ({ host: address, port }));
    } catch (error) {
      if (!failed.has(host)) {
        failed.add(host);
        log.warn({ host, detail: String(error) }, 'the name in CONNECTORS_SIBLINGS has no address');
      }
      return [];
    }
  }

  return async function findPlaces() {
    const found = (await Promise.all(places.map(addressesOf))).flat();
    return [...new Map(found.map((place) => [hostWithPort(place), place])).values()].slice(0, most);
  };
}
