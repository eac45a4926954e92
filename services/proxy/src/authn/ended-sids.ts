import { upTo } from '@latchkey/http';
import { LRUCache } from 'lru-cache';

/**
 * The sessions that auth has ended. A session comes in many cookies (renewed ones, copies, one for each host that it was
 * handed over to), so what has ended is known by its `sid`, and none of them counts without a newer word of auth.
 */
export type EndedSids = {
  add(sid: string): void;
  /** whether one ended at a moment or after it, by `elapsed` */
  since(sid: string, moment: number): boolean;
  /**
   * The last moment at which one ended that is not remembered any more although it should be: it may be any that was
   * vouched for until then. By `elapsed`.
   */
  forgottenAt(): number;
};

// About 150 bytes each. A company's people end a few thousand sessions in a grace period.
const keptSids = 100_000;

/**
 * @param options.keepMs for so long a copy may claim that auth vouched for it
 * @param options.elapsed milliseconds that never jump
 */
export function createEndedSids(options: {
  keepMs: number;
  elapsed: () => number;
  kept?: number;
}): EndedSids {
  const { keepMs, elapsed, kept = keptSids } = options;
  let forgottenAt = -Infinity;
  const endedAt = new LRUCache<string, number>({
    ...upTo(kept),
    ttl: keepMs,
    perf: { now: elapsed },
    ttlResolution: 0,
    dispose(at, _sid, why) {
      if (why === 'evict') forgottenAt = Math.max(forgottenAt, at);
    },
  });

  return {
    add: (sid) => void endedAt.set(sid, elapsed()),
    since(sid, moment) {
      const at = endedAt.peek(sid);
      return at !== undefined && at >= moment;
    },
    forgottenAt: () => forgottenAt,
  };
}
