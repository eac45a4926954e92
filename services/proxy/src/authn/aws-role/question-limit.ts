import { limitedBy, upTo } from '@latchkey/http';
import { LRUCache } from 'lru-cache';

/** A question that may be asked. */
export type QuestionPermit = {
  end(): void;
  /** Tells whether it was worth asking; a stranger has a say in whether there is an answer. */
  judge(verdict: 'worth it' | 'in vain' | 'unanswered'): void;
};

type Count = { readonly count: number; readonly since: number };

const mostAtOnce = 16;
const mostOfOneAtOnce = 8;
const mostInVainOfOne = 20;
const mostInVain = 300;
const windowMs = 60_000;
const keptAddresses = 10_000;

/**
 * How often others are asked about what strangers send: few questions at once, half of them of one address. An address of which
 * twenty were in vain, or without an answer, may ask no more for a while. After three hundred of all addresses only those may whose last one was worth it.
 *
 * @param elapsed milliseconds that never jump
 */
export function createQuestionLimit(elapsed: () => number): {
  /** undefined where none may be asked now */
  readonly begin: (client: string) => QuestionPermit | undefined;
} {
  let open = 0;
  const openOf = new Map<string, number>();
  let allInVain: Count | undefined;
  const inVain = new LRUCache<string, Count>(upTo(keptAddresses));
  const wellKnown = new LRUCache<string, true>(upTo(keptAddresses));

  function recent(known: Count | undefined): Count {
    const now = elapsed();
    return known !== undefined && now - known.since < windowMs ? known : { count: 0, since: now };
  }

  function oneMore(known: Count | undefined): Count {
    const { count, since } = recent(known);
    return { count: count + 1, since };
  }

  function mayAsk(address: string, own: number): boolean {
    if (open >= mostAtOnce || own >= mostOfOneAtOnce) return false;
    if (recent(inVain.get(address)).count >= mostInVainOfOne) return false;
    return recent(allInVain).count < mostInVain || wellKnown.has(address);
  }

  return {
    begin(client) {
      // What the peer has forwarded is in `client` already.
      const address = limitedBy({ headers: {}, socket: {} }, client) ?? client;
      const own = openOf.get(address) ?? 0;
      if (!mayAsk(address, own)) return undefined;
      open += 1;
      openOf.set(address, own + 1);
      return {
        end() {
          open -= 1;
          const left = (openOf.get(address) ?? 1) - 1;
          if (left > 0) openOf.set(address, left);
          else openOf.delete(address);
        },
        judge(verdict) {
          if (verdict === 'worth it') {
            wellKnown.set(address, true);
            return;
          }
          if (verdict === 'unanswered') {
            // Where STS is away, nobody is kept from asking whose questions were worth it.
            if (!wellKnown.has(address)) inVain.set(address, oneMore(inVain.get(address)));
            return;
          }
          wellKnown.delete(address);
          inVain.set(address, oneMore(inVain.get(address)));
          allInVain = oneMore(allInVain);
        },
      };
    },
  };
}
