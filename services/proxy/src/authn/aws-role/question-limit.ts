import { limitedBy, upTo } from '@latchkey/http';
import { LRUCache } from 'lru-cache';

/** A question that may be asked. */
export type Question = {
  end(): void;
  /** What was asked about is worth nothing. */
  wasInVain(): void;
};

const mostAtOnce = 16;
const mostOfOneAtOnce = 8;
const mostInVain = 20;
const windowMs = 60_000;
const keptAddresses = 10_000;

/**
 * How often others are asked about what strangers send: few questions at once, of one address half of them, and none for a while
 * for an address whose last ones were all in vain.
 *
 * @param elapsed milliseconds that never jump
 */
export function createQuestionLimit(elapsed: () => number): {
  /** undefined where none may be asked now */
  begin(client: string): Question | undefined;
} {
  let open = 0;
  const openOf = new Map<string, number>();
  const inVain = new LRUCache<string, { readonly count: number; readonly since: number }>(
    upTo(keptAddresses),
  );

  function recent(address: string): { readonly count: number; readonly since: number } {
    const known = inVain.get(address);
    const now = elapsed();
    return known !== undefined && now - known.since < windowMs ? known : { count: 0, since: now };
  }

  return {
    begin(client) {
      // What the peer has forwarded is in `client` already.
      const address = limitedBy({ headers: {}, socket: {} }, client) ?? client;
      const own = openOf.get(address) ?? 0;
      if (open >= mostAtOnce || own >= mostOfOneAtOnce || recent(address).count >= mostInVain)
        return undefined;
      open += 1;
      openOf.set(address, own + 1);
      return {
        end() {
          open -= 1;
          const left = (openOf.get(address) ?? 1) - 1;
          if (left > 0) openOf.set(address, left);
          else openOf.delete(address);
        },
        wasInVain() {
          const { count, since } = recent(address);
          inVain.set(address, { count: count + 1, since });
        },
      };
    },
  };
}
