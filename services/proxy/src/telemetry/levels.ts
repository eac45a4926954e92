import { upTo } from '@latchkey/http';
import { LRUCache } from 'lru-cache';
import type { Emit } from '@latchkey/telemetry';
import type { ProxyEvent } from './events.ts';

/** How much there is of something at a moment, for gauges. */
export type Levels = {
  /** different people, signed in, who have been answered lately */
  readonly people: () => number;
  readonly webSockets: () => number;
  /** connections of each connector of the upstream file */
  readonly connectors: () => ReadonlyMap<string, number>;
};

const latelyMs = 5 * 60_000;
// About 150 bytes each, and more than a company has people.
const countedPeople = 100_000;

/**
 * Keeps count of what events begin and end. Whom it has seen stays in it: a number comes out, never a name.
 *
 * @param elapsed milliseconds that never jump
 * @param connectors are counted elsewhere
 */
export function watchLevels(
  elapsed: () => number,
  connectors: Levels['connectors'],
): Levels & { readonly watch: Emit<ProxyEvent> } {
  const seen = new LRUCache<string, true>({
    ...upTo(countedPeople),
    ttl: latelyMs,
    perf: { now: elapsed },
    ttlResolution: 0,
  });
  let webSockets = 0;

  return {
    connectors,
    webSockets: () => webSockets,
    people() {
      seen.purgeStale();
      return seen.size;
    },
    watch(event) {
      if (event.kind === 'request' && event.record.principal?.kind === 'person') {
        seen.set(event.record.principal.email, true);
      } else if (event.kind === 'tunnel_opened') {
        webSockets += 1;
      } else if (event.kind === 'tunnel_closed') {
        webSockets -= 1;
      }
    },
  };
}
